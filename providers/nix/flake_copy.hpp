#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "providers/nix/flake_folder.hpp"

namespace nmx::nix {

/// Files of the flake, and what somebody would like to stand in them: plans see them, the real folder does not.
using ProposedFiles = std::map<std::string, std::string>;

/// A site's flake as Nix is to see it, in a folder of its own that only its owner may enter and that goes away with
/// this: what git knows of the real one, or without git everything but hidden files; on top what is proposed, and what
/// a plan would write. Nothing that is put here reaches the real folder; what of `flake.lock` does, says
/// `complete_lock`.
class FlakeCopy {
 public:
  static Task<Result<std::unique_ptr<FlakeCopy>>> make(FlakeFolder flake, ProposedFiles proposed = {});
  ~FlakeCopy();
  FlakeCopy(const FlakeCopy&) = delete;
  FlakeCopy& operator=(const FlakeCopy&) = delete;

  /// As if this stood in a file of the flake; empty: as if there were none.
  Status put(std::string_view file, std::string_view text) const;
  Result<std::string> read(std::string_view file) const;
  const std::filesystem::path& folder() const { return folder_; }
  /// Whether files of a proposal lie in it.
  bool is_proposal() const { return is_proposal_; }
  /// How Nix is told of it.
  std::string reference() const { return "path:" + folder_.string(); }

 private:
  FlakeCopy(std::filesystem::path folder, bool is_proposal) : folder_(std::move(folder)), is_proposal_(is_proposal) {}
  std::filesystem::path folder_;
  bool is_proposal_;
};

}  // namespace nmx::nix
