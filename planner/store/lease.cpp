#include "planner/store/lease.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "planner/checksum.hpp"
#include "planner/store/files.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

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

std::string host_name() {
  std::string name(256, '\0');
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.c_str();
}

std::string first_line(const std::filesystem::path& file) {
  const auto content = read_whole(file);
  return content && *content ? (*content)->substr(0, (*content)->find('\n')) : std::string();
}

/// Field 22 of /proc/PID/stat; 0 where there is no such process, or only what is left of it until somebody asks for its
/// exit code.
std::uint64_t process_start(pid_t pid) {
  const auto line = first_line(fmt::format("/proc/{}/stat", pid));
  auto at = line.rfind(')');  // the program's name may hold anything
  const char state = at != std::string::npos && at + 2 < line.size() ? line[at + 2] : 'X';
  if (state == 'Z' || state == 'X') return 0;
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = line.find(' ', at + 1);
  return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at, nullptr, 10);
}

std::string to_json(const Holder& holder) {
  return Json{{"id", holder.id},
              {"owner", holder.owner},
              {"host", holder.host},
              {"pid", holder.pid},
              {"process_start", holder.process_start},
              {"boot", holder.boot},
              {"started_ms", holder.started_ms},
              {"heartbeat_ms", holder.heartbeat_ms}}
             .dump() +
         '\n';
}

/// Nothing: no lock, or one that its writer never finished.
std::optional<Holder> read_holder(const std::filesystem::path& file) {
  const auto content = read_whole(file);
  if (!content || !*content) return std::nullopt;
  const auto json = Json::parse(**content, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Holder holder;
  holder.id = json.value("id", "");
  holder.owner = json.value("owner", "");
  holder.host = json.value("host", "");
  holder.pid = json.value("pid", 0);
  holder.process_start = json.value("process_start", std::uint64_t{0});
  holder.boot = json.value("boot", "");
  holder.started_ms = json.value("started_ms", std::int64_t{0});
  holder.heartbeat_ms = json.value("heartbeat_ms", std::int64_t{0});
  return holder;
}

/// A process of this host that is no more, or another one that got its number.
bool is_dead(const Holder& holder, const Holder& self) {
  if (holder.host != self.host) return false;
  if (holder.boot != self.boot) return true;
  return process_start(holder.pid) != holder.process_start;
}

std::string clock_text(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text;
}

std::string who(const Holder& holder) {
  return fmt::format("{} on {} (process {}, since {})", holder.owner, holder.host, holder.pid,
                     clock_text(holder.started_ms));
}

}  // namespace

Result<Lease> Lease::acquire(const std::filesystem::path& file, std::string owner, std::int64_t wall_ms) {
  Holder self;
  std::string random(6, '\0');
  randombytes_buf(random.data(), random.size());
  self.id = to_hex(random);
  self.owner = std::move(owner);
  self.host = host_name();
  self.pid = ::getpid();
  self.process_start = process_start(self.pid);
  self.boot = first_line("/proc/sys/kernel/random/boot_id");
  self.started_ms = wall_ms;
  self.heartbeat_ms = wall_ms;

  const Guard guard(file);
  std::string notice;
  if (const auto holder = read_holder(file)) {
    const bool dead = is_dead(*holder, self);
    const bool expired = holder->host != self.host && wall_ms - holder->heartbeat_ms > expiry_ms;
    if (!dead && !expired) {
      return Error{fmt::format("the state is locked by {}", who(*holder)),
                   fmt::format("wait until it is done; if that run is dead: nmx state unlock {}", holder->id)};
    }
    notice = fmt::format("the lock of {} was left behind ({}); it was taken over", who(*holder),
                         dead ? "that process is gone" : "no sign of life since " + clock_text(holder->heartbeat_ms));
  }
  const auto written = replace_file(file, to_json(self));
  if (!written) return written.error();
  Lease lease(file, std::move(self));
  lease.notice_ = std::move(notice);
  return lease;
}

Status Lease::remove(const std::filesystem::path& file, std::string_view id) {
  const Guard guard(file);
  const auto holder = read_holder(file);
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
  const auto holder = read_holder(file_);
  if (holder && holder->id == holder_.id) ::unlink(file_.c_str());
}

Status Lease::beat(std::int64_t wall_ms) {
  const Guard guard(file_);
  const auto holder = read_holder(file_);
  if (!holder || holder->id != holder_.id) {
    return Error{holder ? fmt::format("the lock was taken over by {}", who(*holder)) : "the lock was removed",
                 "nothing more is sent; what was done is in the state"};
  }
  holder_.heartbeat_ms = wall_ms;
  return replace_file(file_, to_json(holder_));
}

}  // namespace nmx
