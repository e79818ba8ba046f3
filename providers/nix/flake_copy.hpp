#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "providers/nix/flake_folder.hpp"

namespace nmx::nix {

/// A site's flake as Nix is to see it, in a folder of its own that only its owner may enter and that goes away with
/// this: what git knows of the real one, or without git everything but hidden files, and on top what a plan would
/// write. The real folder stays as it is while a plan is made.
class FlakeCopy {
 public:
  static Task<Result<std::unique_ptr<FlakeCopy>>> make(FlakeFolder flake);
  ~FlakeCopy();
  FlakeCopy(const FlakeCopy&) = delete;
  FlakeCopy& operator=(const FlakeCopy&) = delete;

  /// As if this stood in a file of the flake; empty: as if there were none.
  Status put(std::string_view file, std::string_view text) const;
  Result<std::string> read(std::string_view file) const;
  const std::filesystem::path& folder() const { return folder_; }
  /// How Nix is told of it.
  std::string reference() const { return "path:" + folder_.string(); }

 private:
  explicit FlakeCopy(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace nmx::nix
