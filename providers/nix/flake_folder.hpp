#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/runtime/env.hpp"

namespace nmx::nix {

/// The folder of the site's flake. Nix sees of a git repository only what git knows, so what is written is made known.
class FlakeFolder {
 public:
  FlakeFolder(std::filesystem::path folder, Env& env) : folder_(std::move(folder)), env_(&env) {}

  const std::filesystem::path& folder() const { return folder_; }
  /// The files that Nix sees, below the folder: those that git knows, or without git all but hidden ones and results
  /// of builds.
  Task<Result<std::vector<std::string>>> files() const;
  /// Nothing where the file is absent.
  Result<std::optional<std::string>> read(std::string_view file) const;
  /// Leaves an equal file untouched.
  Status write(std::string_view file, std::string_view text) const;
  Status remove(std::string_view file) const;
  /// Tells git that the files are there (`git add -N`) or are no longer. Gives what the operator should know.
  Task<std::vector<std::string>> tell_git(std::vector<std::string> files) const;

 private:
  ChildCommand git(const std::vector<std::string>& words) const;
  /// Whether git looks after the folder.
  Task<bool> is_repository() const;
  std::filesystem::path folder_;
  Env* env_;
};

}  // namespace nmx::nix
