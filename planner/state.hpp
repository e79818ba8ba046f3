#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lang/config/address.hpp"
#include "lang/value/value.hpp"
#include "planner/allocate.hpp"

namespace nmx {

/// One object as nmx left it.
struct StateObject {
  std::string type;
  std::string provider;
  /// The real system's name for it: `pve2/115`.
  std::string id;
  std::uint32_t schema_version = 1;
  /// Complete, in normal form, as read back after the last operation.
  Object attributes;
  /// Direct dependencies only, sorted.
  std::vector<Address> dependencies;
  /// `tainted`: its last operation failed half-way, so the real object must be looked at before it is trusted.
  enum class Status { ready, tainted } status = Status::ready;
  /// `lifecycle.protect`, remembered so that deleting the block does not lift it.
  bool protect = false;
  /// What `lifecycle.replace_when` came to when it was last applied; null: it said nothing.
  Value replace_when = {};
  /// How long it was interrupted when it was last restarted or made anew, in milliseconds; 0: that was never measured.
  std::int64_t downtime_ms = 0;

  bool operator==(const StateObject&) const = default;
};

struct StateOutput {
  Value value;
  std::string doc;
  bool operator==(const StateOutput&) const = default;
};

/// How a key is made of a passphrase: Argon2id. Not secret.
struct Argon2 {
  std::string salt;  // 16 bytes
  std::uint64_t operations = 0;
  std::uint64_t memory = 0;  // bytes
  bool operator==(const Argon2&) const = default;
};

/// What nmx knows of the world between runs.
struct State {
  static constexpr std::uint32_t format = 2;
  /// Made once, a random UUID: two states with different lineages never mix.
  std::string lineage;
  /// Grows by one with every version written.
  std::uint64_t serial = 0;
  /// 32 random bytes of which nmx makes what it generates, so that another key does not change that. Empty: the state
  /// is older than that; its key was used.
  std::string derivation;
  /// How its key is made, where that is of a passphrase.
  std::optional<Argon2> passphrase;
  std::map<Address, StateObject> objects;
  Allocator::Spaces allocations;
  std::map<std::string, StateOutput> outputs;
};

}  // namespace nmx
