#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "planner/runtime/env.hpp"

namespace nmx {

/// A machine that is reached by ssh.
struct SshHost {
  /// What it is called in messages and in `known_hosts`.
  std::string name;
  std::string address;
  std::string user = "root";
  /// The file of a private key; empty: what the agent and the user's own configuration offer.
  std::string identity;
  /// Its host key, `ssh-ed25519 AAAA…`: known before it exists, never asked for. Empty: as the user's own ssh knows it.
  std::string public_key;
  std::uint16_t port = 22;
};

/// Why a command did not run, or its end is not known.
struct SshFailure {
  /// `unreachable`: nobody answered; `login`: this key may not log in; `host_key`: somebody else answers; `lost`: the
  /// connection broke, so the command may have run.
  enum class Kind { unreachable, login, host_key, lost } kind = Kind::lost;
  Error error;
};
/// What the command came to, whatever its exit code, or why there is none.
using SshResult = std::variant<ChildResult, SshFailure>;

/// Over the connection that earlier commands opened, or over a new one: whether a machine can still be reached, only a
/// new one tells.
enum class SshConnection { shared, fresh };

/// OpenSSH's client, as the user has it: jump hosts and the like of `~/.ssh/config` hold. Connections to a host are
/// shared, and stay for a minute after the last command, so that the next run of nmx finds them. Nothing is ever
/// trusted on first use.
class Ssh {
 public:
  explicit Ssh(Env& env) : env_(&env) {}

  /// Runs a POSIX shell script on the host. The script goes in by standard input, so it may hold what nobody may see;
  /// `arguments` are visible there. Errors beside the result's: the client cannot be set up.
  Task<Result<SshResult>> run(SshHost host, std::string script, std::vector<std::string> arguments = {},
                              SshConnection connection = SshConnection::shared,
                              Milliseconds timeout = Milliseconds{600'000});

  /// Writes the client's settings for a host down, `ssh -F FILE NAME` then reaches it; for programs that call ssh
  /// themselves. The path has no blanks. Errors: the folder for it cannot be had, or is another's.
  Result<std::filesystem::path> settings_file(const SshHost& host) const;

 private:
  Env* env_;
};

/// What ssh's last words mean; `result` ended with 255.
SshFailure explain_ssh(const SshHost& host, const ChildResult& result);

/// Where a private key lies: below the home, or beside the site's files. Empty stays empty.
std::string identity_file(const std::string& written, const std::filesystem::path& folder);

/// A word as a POSIX shell reads it back.
std::string shell_quoted(std::string_view word);

}  // namespace nmx
