#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// Who may change a state, as its lock tells it.
struct Holder {
  std::string id;     // `nmx state unlock ID`
  std::string owner;  // for people: `ann`
  std::string host;
  pid_t pid = 0;
  /// The process's start, in clock ticks since the host booted; tells a reused pid apart.
  std::uint64_t process_start = 0;
  std::string boot;  // the host's boot id
  std::int64_t started_ms = 0;
  std::int64_t heartbeat_ms = 0;
};

/// This process, with a new id.
Holder holder_here(std::string owner, std::int64_t wall_ms);

std::string to_json(const Holder& holder);
/// Nothing: it is no holder's, or its writer never finished it.
std::optional<Holder> read_holder(std::string_view text);

/// A heartbeat older than this is a dead holder's.
inline constexpr std::int64_t lease_expiry_ms = 5 * 60'000;

/// How a lock that is there is to be taken by somebody who wants it.
enum class Grip { held, dead, expired };
/// `held` unless it belongs to a process of this host that is no more, or was not heard of for too long.
Grip grip_of(const Holder& holder, const Holder& self, std::int64_t wall_ms);

/// `ann on pve1 (process 812, since 2025-06-01 12:00:00)`.
std::string who(const Holder& holder);
/// Why a lock that is held cannot be had, and what to do.
Error locked_by(const Holder& holder);
/// What is told when a lock that was left behind is taken over.
std::string taken_over(const Holder& holder, Grip grip);

}  // namespace nmx
