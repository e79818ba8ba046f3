#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace nmx::test {

/// A real server that a script of this folder starts and stops (`postgres.sh`, `ceph_s3.sh`), in a folder that goes
/// with it.
class ScriptedServer {
 public:
  explicit ScriptedServer(const std::string& script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// Why it does not run; empty: it does.
  const std::string& why() const { return why_; }
  std::uint16_t port() const { return port_; }

 private:
  std::filesystem::path script_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::string why_;
};

}  // namespace nmx::test
