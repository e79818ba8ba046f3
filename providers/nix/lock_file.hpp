#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx::nix {

// What stands in a `flake.lock`, as text in and text out. An empty text is a flake without one. Errors: the text is
// no lock, and what to do about that.

/// An input that is a folder of the flake itself: `path:./nmx`.
struct OwnFolder {
  std::string node;
  std::string path;
};
Result<std::vector<OwnFolder>> own_folders(std::string_view lock);
/// The lock with these hashes at these nodes.
Result<std::string> with_hashes(std::string_view lock, const std::map<std::string, std::string>& hashes);
/// Whether two locks say the same, but for what folders of the flake itself contain at the moment.
Result<bool> lock_the_same(std::string_view one, std::string_view other);
/// The lock without inputs that are to be renewed; empty where none is named: all of them. Errors: there is no such
/// input.
Result<std::string> without_inputs(std::string_view lock, const std::vector<std::string>& inputs);

/// One input of the flake in two locks, `nmx/sops-nix` for an input's input: `2026-10-01 4f3a2b1`; empty: it is not
/// there.
struct InputChange {
  std::string name;
  std::string before;
  std::string after;
};
/// The inputs that differ, by name; folders of the flake itself are left out.
Result<std::vector<InputChange>> compare_locks(std::string_view before, std::string_view after);

}  // namespace nmx::nix
