#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "planner/runtime/env.hpp"

namespace nmx::nix {

/// The folder of the site's flake. Nix sees of a git repository only what git knows, so what is written is made known.
class FlakeFolder {
 public:
  FlakeFolder(std::filesystem::path folder, Env& env) : folder_(std::move(folder)), env_(&env) {}

  /// Nothing where the file is absent.
  Result<std::optional<std::string>> read(std::string_view file) const;
  /// Leaves an equal file untouched.
  Status write(std::string_view file, std::string_view text) const;
  Status remove(std::string_view file) const;
  /// Tells git that the files are there (`git add -N`) or are no longer. Gives what the operator should know.
  Task<std::vector<std::string>> tell_git(std::vector<std::string> files) const;

 private:
  std::filesystem::path folder_;
  Env* env_;
};

}  // namespace nmx::nix
