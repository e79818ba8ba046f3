#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// Who may change a state, as the lock file tells it.
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

/// The lock of a state, held while it is changed. Given back when it goes; a crash leaves the file, which the next run
/// on this host finds to be a dead process's.
class Lease {
 public:
  /// A heartbeat older than this is a dead holder's.
  static constexpr std::int64_t expiry_ms = 5 * 60'000;

  /// Errors: somebody else holds it, and who.
  static Result<Lease> acquire(const std::filesystem::path& file, std::string owner, std::int64_t wall_ms);
  /// Removes the lock with this id, whoever holds it. Errors: there is none, or it has another id.
  static Status remove(const std::filesystem::path& file, std::string_view id);

  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  /// Says that the holder lives. Errors: the lock was taken away.
  Status beat(std::int64_t wall_ms);
  const Holder& holder() const { return holder_; }
  /// What the user is told when a lock was left behind and taken over; else empty.
  const std::string& notice() const { return notice_; }

 private:
  Lease(std::filesystem::path file, Holder holder);
  std::filesystem::path file_;
  Holder holder_;
  std::string notice_;
  bool held_ = true;
};

}  // namespace nmx
