#pragma once

#include <string>
#include <vector>

#include "providers/nix/flake_copy.hpp"

namespace nmx::nix {

/// Brings inputs that are folders of the flake itself (`path:./nmx`) into the store as they are now, and their hashes
/// into the copy's `flake.lock`: Nix before 2.26 finds them nowhere else, and takes them as they once were. Errors:
/// `flake.lock` is damaged; Nix's own words.
Task<Status> store_own_folders(Env* env, const FlakeCopy* copy);

/// For a plan: the same, and entries for inputs that have none. Those alone go into the real `flake.lock` too, or the
/// next evaluation could mean others; with a proposal not even those. Errors as before.
Task<Status> complete_lock(Env* env, const FlakeCopy* copy, FlakeFolder flake);

/// For an apply: what the real `flake.lock` says of the flake's own folders becomes what it says in the copy, so that
/// Nix takes the flake by hand as well.
Status keep_hashes(const FlakeCopy& copy, const FlakeFolder& flake);

/// What `flake.lock` would be with these inputs at their newest, all of them where none is named, and with the files
/// of the proposal. Nothing is written. Errors: there is no such input; as before.
Task<Result<std::string>> renewed_lock(Env* env, FlakeFolder flake, ProposedFiles proposed,
                                       std::vector<std::string> inputs);

}  // namespace nmx::nix
