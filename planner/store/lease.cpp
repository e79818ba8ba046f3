#include "planner/store/lease.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "planner/store/files.hpp"

namespace nmx {
namespace {

/// Only one process of this host looks at the lock file and changes it at a time; held for that moment alone.
class Guard {
 public:
  explicit Guard(const std::filesystem::path& file)
      : descriptor_(::open((file.string() + ".guard").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Guard() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  int descriptor_;
};

/// Nothing: no lock, or one that its writer never finished.
std::optional<Holder> read_lock(const std::filesystem::path& file) {
  const auto content = read_whole(file);
  return content && *content ? read_holder(**content) : std::nullopt;
}

}  // namespace

Result<Lease> Lease::acquire(const std::filesystem::path& file, std::string owner, std::int64_t wall_ms) {
  auto self = holder_here(std::move(owner), wall_ms);
  const Guard guard(file);
  std::string notice;
  if (const auto holder = read_lock(file)) {
    const auto grip = grip_of(*holder, self, wall_ms);
    if (grip == Grip::held) return locked_by(*holder);
    notice = taken_over(*holder, grip);
  }
  const auto written = replace_file(file, to_json(self));
  if (!written) return written.error();
  Lease lease(file, std::move(self));
  lease.notice_ = std::move(notice);
  return lease;
}

Status Lease::remove(const std::filesystem::path& file, std::string_view id) {
  const Guard guard(file);
  const auto holder = read_lock(file);
  if (!holder) return Error{"the state is not locked"};
  if (holder->id != id)
    return Error{fmt::format("the lock has the id {}, not {}", holder->id, id), "it is held by " + who(*holder)};
  return remove_file(file);
}

Lease::Lease(std::filesystem::path file, Holder holder) : file_(std::move(file)), holder_(std::move(holder)) {}

Lease::Lease(Lease&& other) noexcept
    : file_(std::move(other.file_)),
      holder_(std::move(other.holder_)),
      notice_(std::move(other.notice_)),
      held_(std::exchange(other.held_, false)) {}

Lease::~Lease() {
  if (!held_) return;
  const Guard guard(file_);
  const auto holder = read_lock(file_);
  if (holder && holder->id == holder_.id) ::unlink(file_.c_str());
}

Status Lease::beat(std::int64_t wall_ms) {
  const Guard guard(file_);
  const auto holder = read_lock(file_);
  if (!holder || holder->id != holder_.id) {
    return Error{holder ? fmt::format("the lock was taken over by {}", who(*holder)) : "the lock was removed",
                 "nothing more is sent; what was done is in the state"};
  }
  holder_.heartbeat_ms = wall_ms;
  return replace_file(file_, to_json(holder_));
}

}  // namespace nmx
