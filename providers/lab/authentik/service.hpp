#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "providers/lab/authentik/api.hpp"
#include "providers/lab/certificate.hpp"

namespace nmx::lab::authentik {

/// An Authentik on loopback, kept in a folder: its API, its embedded outpost, and the lab's own requests
/// (`GET /lab/requests`, `POST /lab/reset`, `POST /lab/login`).
class Service {
 public:
  struct Options {
    /// Empty: nothing is kept.
    std::filesystem::path folder;
    std::uint16_t port = 0;  // 0: a free one
    /// `2025.10`; empty: what the folder holds, or the newest.
    std::string release = {};
    std::string address = "127.0.0.1";
    /// The API token of `akadmin` at its first start; empty: the one that everybody knows.
    std::string bootstrap_token = {};
  };
  /// Throws std::runtime_error where the port cannot be had. Null pointer: it speaks plain HTTP.
  Service(Options options, const Certificate* certificate);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::string url() const;
  /// What its users export: AUTHENTIK_URL, AUTHENTIK_TOKEN, AUTHENTIK_FINGERPRINT, and LAB_AUTHENTIK_READER of a login
  /// without rights.
  std::map<std::string, std::string> variables() const;
  std::map<std::string, int> requests() const;
  void reset_requests();
  /// For tests: changes what it holds, behind everybody's back.
  template <typename Change>
  void change(const Change& what) {
    const std::lock_guard lock(mutex_);
    what(world_);
  }

 private:
  Response answer(const Request& request);

  Options options_;
  std::string fingerprint_;
  World world_;
  Api api_{world_};
  mutable std::mutex mutex_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace nmx::lab::authentik
