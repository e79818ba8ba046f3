#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/nix/flake_copy.hpp"

namespace nmx::nix {

/// Brings inputs that are folders of the flake itself (`path:./nmx`) into the store as they are now, and their hashes
/// into the copy's `flake.lock`: Nix before 2.26 finds them nowhere else, and takes them as they once were. Errors:
/// Nix's own words.
Task<Status> store_own_folders(Env* env, const FlakeCopy* copy);

/// The same, and entries for inputs that have none; takes `flake.lock` over into the real folder where it changed.
/// Errors: Nix's own words.
Task<Status> complete_lock(Env* env, const FlakeCopy* copy, FlakeFolder flake);

/// What `flake.lock` would be with these inputs at their newest; all of them where none is named. Nothing is written.
/// Errors: there is no such input; Nix's own words.
Task<Result<std::string>> renewed_lock(Env* env, FlakeFolder flake, std::vector<std::string> inputs);

/// One input of the flake in two locks: `2026-10-01 4f3a2b1`; empty: it is not there.
struct InputChange {
  std::string name;
  std::string before;
  std::string after;
};
/// The direct inputs that differ, by name.
std::vector<InputChange> compare_locks(std::string_view before, std::string_view after);

}  // namespace nmx::nix
