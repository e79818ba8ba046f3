#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "lang/diagnostics/result.hpp"
#include "planner/store/holder.hpp"

namespace nmx {

/// The lock of a state, held while it is changed. Given back when it goes; a crash leaves the file, which the next run
/// on this host finds to be a dead process's.
class Lease {
 public:
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
