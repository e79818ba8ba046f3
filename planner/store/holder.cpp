#include "planner/store/holder.hpp"

#include <fmt/core.h>
#include <sodium.h>
#include <unistd.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "planner/checksum.hpp"
#include "planner/store/files.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

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

}  // namespace

Holder holder_here(std::string owner, std::int64_t wall_ms) {
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
  return self;
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

std::optional<Holder> read_holder(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("id")) return std::nullopt;
  try {
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
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

Grip grip_of(const Holder& holder, const Holder& self, std::int64_t wall_ms) {
  if (is_dead(holder, self)) return Grip::dead;
  const bool silent = holder.host != self.host && wall_ms - holder.heartbeat_ms > lease_expiry_ms;
  return silent ? Grip::expired : Grip::held;
}

std::string who(const Holder& holder) {
  return fmt::format("{} on {} (process {}, since {})", holder.owner, holder.host, holder.pid,
                     clock_text(holder.started_ms));
}

Error locked_by(const Holder& holder) {
  return {fmt::format("the state is locked by {}", who(holder)),
          fmt::format("wait until it is done; if that run is dead: nmx state unlock {}", holder.id)};
}

std::string taken_over(const Holder& holder, Grip grip) {
  return fmt::format(
      "the lock of {} was left behind ({}); it was taken over", who(holder),
      grip == Grip::dead ? "that process is gone" : "no sign of life since " + clock_text(holder.heartbeat_ms));
}

}  // namespace nmx
