#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "providers/lab/guest_observer.hpp"

namespace nmx::lab {

struct LabOptions {
  /// Everything the lab holds, and its certificate.
  std::filesystem::path folder;
  std::uint16_t port = 0;  // 0: a free one
  /// Of Authentik; 0: a free one.
  std::uint16_t authentik_port = 0;
  /// Which release of Authentik: `2025.10`; empty: what the folder holds, or the newest.
  std::string authentik_release = {};
  /// How many times as fast as a real cluster.
  double speed = 1;
  /// What goes wrong, in the words of `Faults`.
  std::string faults = {};
  /// The release of Proxmox VE that it is: `8.4`, `9.0`, `9.2`; empty: the newest.
  std::string release = {};
  /// Told of guests; null pointer: nobody is. Lives longer than the lab.
  GuestObserver* observer = nullptr;
  /// Where ports of guests below 1024 begin on loopback.
  std::uint16_t guest_ports = 20'000;
};

/// A Proxmox cluster and an Authentik on loopback, in this process:
///
///     nmx::lab::Lab lab({.folder = "/tmp/lab", .speed = 200});
///     lab.endpoint();                    // https://127.0.0.1:34567
///     lab.variables()["PROXMOX_TOKEN"];  // of nmx@pve
///
/// It ends with the object. Beside the API, `GET /lab/requests` counts calls and `POST /lab/…` changes things that no
/// API changes.
class Lab {
 public:
  /// Throws std::runtime_error where the folder or the port cannot be had, or a fault or the release is none.
  explicit Lab(const LabOptions& options);
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  std::string endpoint() const;
  std::string authentik_url() const;
  const std::string& fingerprint() const;
  /// What its users export: PROXMOX_ENDPOINT, PROXMOX_TOKEN, PROXMOX_FINGERPRINT, PROXMOX_ROOT and logins with other
  /// rights.
  std::map<std::string, std::string> variables() const;
  /// How often each method was called since the last reset.
  std::map<std::string, int> requests() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace nmx::lab
