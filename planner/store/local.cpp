#include "planner/store/local.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "planner/state_file.hpp"
#include "planner/store/files.hpp"

namespace nmx {
namespace {

/// `prod-00000042.json`, so that names sort by age.
std::string version_name(const std::string& environment, std::uint64_t serial) {
  return fmt::format("{}-{:08}.json", environment, serial);
}

/// Of this environment, not of `prod-eu` where it is `prod`.
bool is_version(std::string_view name, const std::string& environment) {
  const auto sample = version_name(environment, 0);
  const auto digits = environment.size() + 1;
  return name.size() >= sample.size() && name.substr(0, digits) == environment + "-" &&
         name.find_first_not_of("0123456789", digits) == name.size() - std::string_view(".json").size();
}

}  // namespace

LocalStore::LocalStore(std::filesystem::path folder, std::string environment, Keyring keys, Env& env)
    : Store(std::move(keys)), folder_(std::move(folder)), environment_(std::move(environment)), env_(env) {}

Result<std::unique_ptr<LocalStore>> LocalStore::open(const std::filesystem::path& folder, std::string environment,
                                                     Keyring keys, Env& env) {
  for (const auto& wanted : {folder, folder / "history"}) {
    const auto made = make_folder(wanted);
    if (!made) return made.error();
  }
  return std::unique_ptr<LocalStore>(new LocalStore(folder, std::move(environment), std::move(keys), env));
}

std::filesystem::path LocalStore::state_path() const { return folder_ / (environment_ + ".json"); }
std::filesystem::path LocalStore::journal_path() const { return folder_ / (environment_ + ".journal"); }
std::filesystem::path LocalStore::history_path() const { return folder_ / (environment_ + ".history"); }
std::filesystem::path LocalStore::lock_path() const { return folder_ / (environment_ + ".lock"); }

Task<Result<State>> LocalStore::read() {
  const auto text = read_whole(state_path());
  if (!text) co_return text.error();
  if (*text) {
    auto state = opened(**text);
    if (state) co_return state;
    co_return Error{fmt::format("{}: {}", place(), state.error().message), state.error().help};
  }
  auto fresh = newborn();
  if (!fresh) co_return fresh;
  const auto made = create_file(state_path(), write_state(*fresh, key()));
  if (!made) co_return made.error();
  if (*made) co_return fresh;
  // Somebody else began at the same time: theirs is the state.
  auto theirs = read();
  co_return co_await theirs;
}

Task<Result<JournalContent>> LocalStore::read_journal(const State& state) {
  const auto text = read_whole(journal_path());
  if (!text) co_return text.error();
  if (!*text) co_return JournalContent{};
  auto content = nmx::read_journal(**text, seal(state), state.lineage);
  if (content) co_return content;
  co_return Error{fmt::format("{}: {}", journal_path().string(), content.error().message), content.error().help};
}

Task<Result<std::string>> LocalStore::lock(std::string owner, std::int64_t wall_ms) {
  auto taken = Lease::acquire(lock_path(), std::move(owner), wall_ms);
  if (!taken) co_return taken.error();
  auto notice = taken->notice();
  lease_.emplace(*std::move(taken));
  holder_ = lease_->holder();
  co_return notice;
}

Task<Status> LocalStore::beat(std::int64_t wall_ms) {
  if (!lease_) co_return Error{"the state is not locked by this run"};
  co_return lease_->beat(wall_ms);
}

Task<Status> LocalStore::release() {
  lease_.reset();
  holder_.reset();
  co_return Done{};
}

Task<Status> LocalStore::unlock(std::string id) { co_return Lease::remove(lock_path(), id); }

Task<Result<JournalWriter>> LocalStore::begin_journal(const State& state, std::vector<Intent> unknown) {
  JournalWriter writer(seal(state), state.lineage, state.serial, run_id());
  const auto written = replace_file(journal_path(), journal_opening(writer, std::move(unknown)));
  if (!written) co_return written.error();
  const auto opened = env_.open_journal(journal_path());
  if (!opened) co_return opened.error();
  co_return writer;
}

Task<Status> LocalStore::append(std::string record) { return env_.append(std::move(record)); }

/// The version before stays under its own name: a second name for the same file, so nothing is copied.
Status LocalStore::keep(std::uint64_t serial, const std::optional<std::string>& former) {
  const auto kept = version_path(serial);
  if (former) return replace_file(kept, *former);
  ::unlink(kept.c_str());
  if (::link(state_path().c_str(), kept.c_str()) == 0) return Done{};
  return Error{fmt::format("cannot keep the old state as `{}`: {}", kept.string(), std::strerror(errno))};
}

Task<Status> LocalStore::write(const State& state, std::optional<std::string> former) {
  const auto old = read_whole(state_path());
  if (!old) co_return old.error();
  if (*old) {
    const auto before = read_head(**old);
    if (before && before->lineage == state.lineage && before->serial >= state.serial) {
      co_return Error{
          fmt::format("the state is at serial {} already, and {} was to be written", before->serial, state.serial),
          "another nmx wrote it meanwhile; plan again"};
    }
    if (before && check_state(**old)) {
      if (const auto kept = keep(before->serial, former); !kept) co_return kept;
    }
  }
  const auto written = replace_file(state_path(), write_state(state, key()));
  if (!written) co_return written;

  std::vector<std::filesystem::path> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "history", ignored)) {
    const auto name = entry.path().filename().string();
    if (is_version(name, environment_)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  for (std::size_t i = 0; i + versions() < found.size(); ++i) std::filesystem::remove(found[i], ignored);
  co_return Done{};
}

Task<Status> LocalStore::remember(const State& state, const HistoryEntry& entry) {
  const auto text = read_whole(history_path());
  if (!text) co_return text.error();
  co_return append_to_file(history_path(),
                           history_line(entry, text->value_or(""), StateKey::from_bytes(derivation_key(state))));
}

Task<Result<History>> LocalStore::history(const State& state) {
  const auto text = read_whole(history_path());
  if (!text) co_return text.error();
  co_return read_history(text->value_or(""), StateKey::from_bytes(derivation_key(state)));
}

Task<Result<std::string>> LocalStore::history_text() {
  auto text = read_whole(history_path());
  if (!text) co_return text.error();
  co_return text->value_or("");
}

Task<Status> LocalStore::replace_history(std::string text) { co_return replace_file(history_path(), text); }

std::filesystem::path LocalStore::version_path(std::uint64_t serial) const {
  return folder_ / "history" / version_name(environment_, serial);
}

Task<Result<std::optional<std::string>>> LocalStore::version_text(std::uint64_t serial) {
  co_return read_whole(version_path(serial));
}

Task<Status> LocalStore::rewrite_version(std::uint64_t serial, std::string text) {
  co_return replace_file(version_path(serial), text);
}

Task<Status> LocalStore::end_journal(const State& state, std::vector<Intent> unknown) {
  env_.close_journal();
  if (unknown.empty()) co_return remove_file(journal_path());
  JournalWriter writer(seal(state), state.lineage, state.serial, run_id());
  co_return replace_file(journal_path(), journal_opening(writer, std::move(unknown)));
}

}  // namespace nmx
