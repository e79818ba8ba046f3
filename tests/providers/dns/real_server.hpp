#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "lang/value/value.hpp"

namespace nmx::test {

/// A DNS server of the distribution on a free port of 127.0.0.1, in a folder of its own, with the zones `example.com`
/// and `50.168.192.in-addr.arpa`; both go with it.
class RealServer {
 public:
  enum class Kind { bind, knot, powerdns, unbound };
  explicit RealServer(Kind kind);
  ~RealServer();
  RealServer(const RealServer&) = delete;
  RealServer& operator=(const RealServer&) = delete;

  /// It answers; else `why` says why not.
  bool ready() const { return ready_; }
  /// It is not installed.
  bool absent() const { return absent_; }
  std::string log() const;
  /// The provider block for it.
  Object settings() const;
  /// What `dig +short` gives.
  std::string dig(const std::string& question) const;
  std::uint16_t port() const { return port_; }
  /// Of its key `nmx`, in base64.
  static std::string secret();
  const std::filesystem::path& folder() const { return folder_; }
  std::string shell(const std::string& line) const;

 private:
  void write(const std::string& name, const std::string& text) const;
  std::string configure();

  Kind kind_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  bool ready_ = false;
  bool absent_ = false;
};

}  // namespace nmx::test
