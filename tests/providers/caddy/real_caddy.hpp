#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace nmx::test {

/// Caddy of the distribution with its admin API and ports on 127.0.0.1, in a folder of its own; both go with it.
class RealCaddy {
 public:
  /// `caddyfile`: what it serves from the start, behind global options; empty: nothing, and it waits to be told.
  explicit RealCaddy(const std::string& caddyfile = "");
  ~RealCaddy();
  RealCaddy(const RealCaddy&) = delete;
  RealCaddy& operator=(const RealCaddy&) = delete;

  bool absent() const { return absent_; }
  bool ready() const { return ready_; }
  std::string log() const;
  std::string admin() const;
  std::uint16_t https() const { return https_; }
  std::uint16_t http() const { return http_; }
  /// A line of shell in its folder.
  std::string shell(const std::string& line) const;
  /// `curl` to a host it serves, whose certificate must be of its own authority. `options` go before the URL.
  std::string curl(const std::string& host, const std::string& path, const std::string& options = "") const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::uint16_t admin_ = 0;
  std::uint16_t http_ = 0;
  std::uint16_t https_ = 0;
  pid_t pid_ = -1;
  bool absent_ = false;
  bool ready_ = false;
};

}  // namespace nmx::test
