#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "planner/runtime/curl_env.hpp"
#include "providers/lab/guests/guests.hpp"
#include "providers/support/ssh.hpp"

namespace nmx::test {

/// The real world, and how many commands went to a host.
class CountingEnv : public CurlEnv {
 public:
  Task<Result<ChildResult>> run(ChildCommand command) override;
  int ssh_commands = 0;
};

/// A guest of the lab, a flake that describes it, and whoever may log in; all of it in a folder that goes with it.
class Host {
 public:
  Host();
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// What the machine lacks for this; nothing: it can.
  static std::optional<std::string> missing();

  /// How the guest is reached.
  SshHost ssh() const;
  /// Starts a second guest, without a system of its own, and tells how that is reached; its files are `guests/101`.
  SshHost start_builder();
  const std::filesystem::path& folder() const { return folder_; }
  std::string flake() const { return "path:" + (folder_ / "flake").string(); }
  /// The flake's system for the host now plays this out when it is switched to: lines of `lab-switch`.
  void describe(const std::string& plays);
  /// A file inside the guest; empty: there is none.
  std::string inside(const std::string& file) const;
  /// The base name of what a link inside points to.
  std::string link(const std::string& file) const;

  CountingEnv& env() { return *env_; }

 private:
  void start_guest(int vmid, const std::string& name, const std::string& address, const std::string& host_key);
  std::filesystem::path folder_;
  std::optional<lab::Guests> guests_;
  std::string public_key_;
  std::optional<CountingEnv> env_;
};

}  // namespace nmx::test
