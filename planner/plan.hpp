#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "planner/change.hpp"
#include "planner/moves.hpp"
#include "planner/state.hpp"

namespace nmx {

/// What a view needs of an object besides its change: under which heading it stands and where that is written.
struct PlanEntry {
  Change change;
  /// `container media` at `site.nmx:21`; objects without a configuration keep their address as title and no place.
  Address owner;
  std::string title;
  std::string place;
  /// The order of the text.
  std::size_t ordinal = 0;
  /// Names of attributes to where they are set (`site.nmx:24`).
  std::map<std::string, std::string> places;
  /// What the object will be in state once it is done: dependencies, protection, and what decides whether it is made
  /// anew (may hold holes).
  std::vector<Address> dependencies;
  bool protect = false;
  Value replace_when = {};
  /// How long its last interruption took, in milliseconds; 0: unknown.
  std::int64_t downtime_ms = 0;
};

/// Objects of a provider that could not be asked: nothing of theirs is planned.
struct Unreachable {
  Address address;
  std::string why;
};

/// A finished plan: what apply executes, and everything a view shows. A value; made by `make_plan`, read back from a
/// file.
struct Plan {
  std::string nmx_version;
  std::string environment;
  /// The site's folder name, for headings.
  std::string site;
  /// Over every source text, variable and input (secret ones keyed); apply refuses when it moved.
  std::string configuration_digest;
  std::string lineage;
  std::uint64_t serial = 0;
  /// Each object's digest as it was read; apply reads again and refuses when one moved.
  std::map<Address, std::string> observed_digests;

  std::vector<Drift> drift;
  std::vector<PlanEntry> entries;     // by address; `none` entries are left out
  std::vector<Operation> operations;  // by address, then by step
  std::vector<Unreachable> unreachable;
  /// As they will be once all is done; may hold holes.
  std::map<std::string, StateOutput> outputs;
  /// An output differs from the one in state.
  bool changes_outputs = false;
  Allocator::Spaces allocations;
  /// Objects whose state record changes without an operation (drift that agrees with the configuration, moved,
  /// dependencies).
  std::map<Address, StateObject> refreshed;
  std::vector<Address> forgotten;
  /// Objects that a `moved` block gave another address; the old ones are among the forgotten, the new ones among the
  /// refreshed.
  Moves moved;
  /// Existing objects that `import` blocks take over, with the real system's name for each; they are among the
  /// refreshed.
  std::vector<std::pair<Address, std::string>> imported;
  /// What `env` and `file` were read, by name, for the header.
  std::vector<std::string> inputs;
  std::vector<std::string> warnings;
  /// For the header.
  std::size_t objects_read = 0;
  std::int64_t read_ms = 0;

  /// The level `-approve` must grant.
  ChangeClass danger() const;
  bool changes_anything() const;
};

}  // namespace nmx
