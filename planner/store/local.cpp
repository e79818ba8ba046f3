#include "planner/store/local.hpp"

#include <fmt/core.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "planner/checksum.hpp"
#include "planner/state_file.hpp"
#include "planner/store/files.hpp"

namespace nmx {
namespace {

constexpr std::size_t versions_kept = 20;
/// Intents of an earlier run keep clear of the plan's numbers.
constexpr std::size_t carried_over = std::size_t{1} << 40;

std::string random_uuid() {
  std::string bytes(16, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  auto text = to_hex(bytes);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, 1, '-');
  return text;
}

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

std::string journal_text(JournalWriter& writer, std::vector<Intent> unknown) {
  auto text = writer.begin();
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    unknown[i].operation.id = carried_over + i;
    text += writer.intent(unknown[i]);
  }
  return text;
}

}  // namespace

LocalStore::LocalStore(std::filesystem::path folder, std::string environment, StateKey key)
    : folder_(std::move(folder)), environment_(std::move(environment)), key_(std::move(key)) {}

Result<LocalStore> LocalStore::open(const std::filesystem::path& folder, std::string environment,
                                    std::string_view key_setting) {
  for (const auto& wanted : {folder, folder / "history"}) {
    const auto made = make_folder(wanted);
    if (!made) return made.error();
  }
  auto key = StateKey::load(key_setting, folder / "key");
  if (!key) return key.error();
  return LocalStore(folder, std::move(environment), std::move(*key));
}

std::filesystem::path LocalStore::state_path() const { return folder_ / (environment_ + ".json"); }
std::filesystem::path LocalStore::journal_path() const { return folder_ / (environment_ + ".journal"); }

Result<State> LocalStore::read() const {
  const auto text = read_whole(state_path());
  if (!text) return text.error();
  if (*text) {
    auto state = read_state(**text, key_);
    if (state) return state;
    return Error{fmt::format("{}: {}", state_path().string(), state.error().message), state.error().help};
  }
  State fresh;
  fresh.lineage = random_uuid();
  const auto saved = save(fresh);
  if (!saved) return saved.error();
  return fresh;
}

Result<JournalContent> LocalStore::read_journal(const State& state) const {
  const auto text = read_whole(journal_path());
  if (!text) return text.error();
  if (!*text) return JournalContent{};
  auto content = nmx::read_journal(**text, seal(state), state.lineage);
  if (content) return content;
  return Error{fmt::format("{}: {}", journal_path().string(), content.error().message), content.error().help};
}

Result<Lease> LocalStore::lock(std::string owner, std::int64_t wall_ms) const {
  return Lease::acquire(folder_ / (environment_ + ".lock"), std::move(owner), wall_ms);
}

Status LocalStore::unlock(std::string_view id) const { return Lease::remove(folder_ / (environment_ + ".lock"), id); }

Result<JournalWriter> LocalStore::begin_journal(const State& state, const std::vector<Intent>& unknown,
                                                AppendFile& file) const {
  JournalWriter writer(seal(state), state.lineage, state.serial);
  const auto written = replace_file(journal_path(), journal_text(writer, unknown));
  if (!written) return written.error();
  const auto opened = file.open(journal_path());
  if (!opened) return opened.error();
  return writer;
}

Status LocalStore::save(const State& state) const {
  // The version before stays under its own name: a second name for the same file, so nothing is copied.
  const auto old = read_whole(state_path());
  if (!old) return old.error();
  if (*old) {
    const auto before = read_state(**old, key_);
    if (before && before->lineage == state.lineage && before->serial >= state.serial) {
      return Error{
          fmt::format("the state is at serial {} already, and {} was to be written", before->serial, state.serial),
          "another nmx wrote it meanwhile; plan again"};
    }
    if (before) {
      const auto kept = folder_ / "history" / version_name(environment_, before->serial);
      ::unlink(kept.c_str());
      if (::link(state_path().c_str(), kept.c_str()) != 0) {
        return Error{fmt::format("cannot keep the old state as `{}`: {}", kept.string(), std::strerror(errno))};
      }
    }
  }
  const auto written = replace_file(state_path(), write_state(state, key_));
  if (!written) return written;

  std::vector<std::filesystem::path> versions;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "history", ignored)) {
    const auto name = entry.path().filename().string();
    if (is_version(name, environment_)) versions.push_back(entry.path());
  }
  std::sort(versions.begin(), versions.end());
  for (std::size_t i = 0; i + versions_kept < versions.size(); ++i) std::filesystem::remove(versions[i], ignored);
  return Done{};
}

std::filesystem::path LocalStore::history_path() const { return folder_ / (environment_ + ".history"); }

Status LocalStore::remember(const HistoryEntry& entry) const {
  const auto text = read_whole(history_path());
  if (!text) return text.error();
  return append_to_file(history_path(), history_line(entry, text->value_or(""), key_));
}

Result<History> LocalStore::history() const {
  const auto text = read_whole(history_path());
  if (!text) return text.error();
  return read_history(text->value_or(""), key_);
}

Result<State> LocalStore::version(std::uint64_t serial) const {
  const auto path = folder_ / "history" / version_name(environment_, serial);
  const auto text = read_whole(path);
  if (!text) return text.error();
  if (!*text) {
    return Error{fmt::format("version {} of the state is not kept any more", serial),
                 fmt::format("the last {} are", versions_kept)};
  }
  return read_state(**text, key_);
}

Status LocalStore::end_journal(const State& state, const std::vector<Intent>& unknown) const {
  if (unknown.empty()) return remove_file(journal_path());
  JournalWriter writer(seal(state), state.lineage, state.serial);
  return replace_file(journal_path(), journal_text(writer, unknown));
}

}  // namespace nmx
