#include "planner/store/store.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <utility>

#include "planner/checksum.hpp"
#include "planner/state_file.hpp"

namespace nmx {
namespace {

/// Intents of an earlier run keep clear of the plan's numbers.
constexpr std::size_t carried_over = std::size_t{1} << 40;

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string random_uuid() {
  auto bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  auto text = to_hex(bytes);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, 1, '-');
  return text;
}

std::string bytes_of(const StateKey& key) { return std::string(reinterpret_cast<const char*>(key.bytes()), 32); }

}  // namespace

Result<State> Store::opened(std::string_view text) {
  const auto head = read_head(text);
  if (head) {
    auto key = keys_.key_for(head->passphrase);
    if (!key || key_mark(*key, head->lineage) != head->key_mark) {
      // Before anybody looks for a key: is it damage?
      if (const auto whole = check_state(text); !whole) return whole.error();
      auto changed = keys_.finish_change(head->lineage, head->key_mark);
      if (!changed) return changed.error();
      if (!*changed) *changed = keys_.former_key(head->lineage, head->key_mark);
      if (*changed) key = **std::move(changed);
    }
    if (!key) return key.error();
    key_ = *std::move(key);
  } else if (!key_) {
    // No key is needed to find out what is wrong.
    if (const auto whole = check_state(text); !whole) return whole.error();
    return head.error();
  }
  return read_state(text, *key_);
}

Result<State> Store::newborn() {
  State fresh;
  auto made = keys_.for_newborn();
  if (!made) return made.error();
  fresh.passphrase = *std::move(made);
  auto key = keys_.key_for(fresh.passphrase);
  if (!key) return key.error();
  key_ = *std::move(key);
  fresh.lineage = random_uuid();
  fresh.derivation = random_bytes(32);
  return fresh;
}

std::string Store::derivation_key(const State& state) const {
  return state.derivation.empty() ? bytes_of(key()) : state.derivation;
}

Task<Result<State>> Store::version(std::uint64_t serial) {
  auto reading = version_text(serial);
  const auto text = co_await reading;
  if (!text) co_return text.error();
  if (*text) co_return read_state(**text, key());
  co_return Error{fmt::format("version {} of the state is not kept any more", serial),
                  versions() == 1 ? "here only the last one is" : fmt::format("the last {} are", versions())};
}

Task<Status> Store::rekey(State state, NewKey change, HistoryEntry entry) {
  const auto old_key = key();
  const auto resealed = [&](State version) {
    if (version.derivation.empty()) version.derivation = bytes_of(old_key);
    version.passphrase = change.passphrase;
    return version;
  };
  const auto last = state.serial;
  const auto first = last > versions() ? last - versions() : 0;
  for (auto serial = first; serial < last; ++serial) {
    auto reading = version_text(serial);
    const auto text = co_await reading;
    if (!text) co_return text.error();
    const auto version = *text ? read_state(**text, old_key) : Result<State>(Error{});
    if (!version) continue;  // not kept, or sealed anew before a crash
    auto rewriting = rewrite_version(serial, write_state(resealed(*version), change.key));
    if (const auto rewritten = co_await rewriting; !rewritten) co_return rewritten;
  }
  auto next = resealed(state);
  ++next.serial;
  auto remembering = remember(next, entry);
  if (const auto remembered = co_await remembering; !remembered) co_return remembered;
  key_ = change.key;
  auto saving = write(next, write_state(resealed(state), change.key));
  const auto saved = co_await saving;
  if (!saved) key_ = old_key;
  co_return saved;
}

Status Store::keep_new_key_file(const State& state) {
  const auto finished = keys_.finish_change(state.lineage, key_mark(key(), state.lineage));
  if (!finished) return finished.error();
  return Done{};
}

Result<NewKey> Store::next_key_file() const {
  auto key = keys_.prepare_change();
  if (!key) return key.error();
  return NewKey{*std::move(key), std::nullopt};
}

std::string run_id() { return to_hex(random_bytes(8)); }

std::string journal_opening(JournalWriter& writer, std::vector<Intent> unknown) {
  auto text = writer.begin();
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    unknown[i].operation.id = carried_over + i;
    text += writer.intent(unknown[i]);
  }
  return text;
}

}  // namespace nmx
