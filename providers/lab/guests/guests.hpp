#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "providers/lab/guest_observer.hpp"

namespace nmx::lab {

/// Lets started containers answer: each is a mount and process namespace of its own on this machine, with a real sshd
/// on loopback and scripts that stand for NixOS's tools (`tools/`). Address a.b.c.d answers at 127.b.c.d, port 22 at
/// `port_base` + 22. Guests do what the base image does at their first boot, and end with this object, also when the
/// process is killed. Works as root and as an ordinary user.
class Guests final : public GuestObserver {
 public:
  /// What this machine lacks for guests, for people; nothing: it can.
  static std::optional<std::string> missing();

  /// `folder` holds a root folder a guest, which stays from run to run.
  explicit Guests(std::filesystem::path folder);
  ~Guests() override;
  Guests(const Guests&) = delete;
  Guests& operator=(const Guests&) = delete;

  /// Claimed for these guests alone, so that several labs on one machine stay apart: 20000, or the next free one.
  std::uint16_t port_base() const;

  void created(const GuestView& guest) override;
  void started(const GuestView& guest) override;
  void stopped(int vmid) override;
  void destroyed(int vmid) override;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace nmx::lab
