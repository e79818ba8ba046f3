#include "planner/store/remote.hpp"

#include <fmt/core.h>

#include <utility>

#include "planner/state_file.hpp"

namespace nmx {
namespace {

const char* const plan_again = "another nmx wrote it meanwhile; plan again";

std::string version_name(std::uint64_t serial) { return fmt::format("versions/{:08}", serial); }

}  // namespace

RemoteStore::RemoteStore(std::unique_ptr<Shelf> shelf, std::string environment, Keyring keys, Env& env)
    : Store(std::move(keys)), shelf_(std::move(shelf)), environment_(std::move(environment)), env_(env) {}

RemoteStore::~RemoteStore() = default;

std::string RemoteStore::place() const { return shelf_->place(); }

std::string RemoteStore::name(std::string_view part) const { return fmt::format("{}/{}", environment_, part); }

Task<Result<RemoteStore::Seen>> RemoteStore::look(std::string part) {
  auto getting = shelf_->get(name(part));
  auto got = co_await getting;
  if (!got) co_return got.error();
  co_return got->value_or(Shelved{});
}

Task<Status> RemoteStore::replace(std::string part, Seen* seen, std::string text, Error moved) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto putting = shelf_->put(name(part), text, seen->tag);
    auto put = co_await putting;
    if (!put) co_return put.error();
    if (*put) {
      *seen = {std::move(text), **std::move(put)};
      co_return Done{};
    }
    auto looking = look(part);
    auto there = co_await looking;
    if (!there) co_return there.error();
    if (there->text == text) {  // an answer was lost: it is our own
      *seen = *std::move(there);
      co_return Done{};
    }
    if (there->tag != seen->tag) co_return moved;
  }
  co_return Error{fmt::format("{} refuses to replace `{}` although nobody else wrote it", place(), name(part))};
}

Task<Result<State>> RemoteStore::read() {
  auto looking = look("state");
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  state_ = *std::move(seen);
  if (state_.text.empty()) {
    auto proving = shelf_->prove();
    if (auto proven = co_await proving; !proven) co_return proven.error();
    const auto fresh = newborn();
    if (!fresh) co_return fresh;
    auto writing = replace("state", &state_, write_state(*fresh, key()), {"", plan_again});
    const auto written = co_await writing;
    if (written) co_return fresh;
    if (!written.error().message.empty()) co_return written.error();
    // Somebody else began at the same time: theirs is the state.
    auto again = look("state");
    seen = co_await again;
    if (!seen) co_return seen.error();
    state_ = *std::move(seen);
  }
  auto state = opened(state_.text);
  if (state) co_return state;
  co_return Error{fmt::format("{}: {}", place(), state.error().message), state.error().help};
}

Task<Result<JournalContent>> RemoteStore::read_journal(const State& state) {
  auto looking = look("journal");
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  journal_ = *std::move(seen);
  if (holder_ && !journal_.text.empty()) {
    auto claiming = claim_journal();
    if (const auto claimed = co_await claiming; !claimed) co_return claimed.error();
  }
  if (journal_.text.empty()) co_return JournalContent{};
  auto content = nmx::read_journal(journal_.text, seal(state), state.lineage);
  if (content) co_return content;
  co_return Error{fmt::format("the journal at {}: {}", place(), content.error().message), content.error().help};
}

/// A run whose lock was taken over may be asleep, and not dead: an unfinished record at the end, which readers pass
/// over, leaves no room for what it would add when it wakes, so that nothing it does then is missed.
Task<Status> RemoteStore::claim_journal() {
  for (int attempt = 0; attempt < 5; ++attempt) {
    auto writing = replace("journal", &journal_, journal_.text + "taken over by " + holder_->id, {});
    const auto written = co_await writing;
    if (written || !written.error().message.empty()) co_return written;
    // It added something at this very moment: that counts.
    auto looking = look("journal");
    auto seen = co_await looking;
    if (!seen) co_return seen.error();
    journal_ = *std::move(seen);
    if (journal_.text.empty()) co_return Done{};
  }
  co_return Error{"another run writes the journal all the time", "wait until it is done"};
}

Task<Result<std::string>> RemoteStore::lock(std::string owner, std::int64_t wall_ms) {
  auto self = holder_here(std::move(owner), wall_ms);
  auto proving = shelf_->prove();
  if (auto proven = co_await proving; !proven) co_return proven.error();
  std::string notice;
  for (int attempt = 0; attempt < 5; ++attempt) {
    auto looking = look("lock");
    auto seen = co_await looking;
    if (!seen) co_return seen.error();
    lock_ = *std::move(seen);
    if (const auto holder = read_holder(lock_.text)) {
      const auto grip = grip_of(*holder, self, wall_ms);
      if (grip == Grip::held) co_return locked_by(*holder);
      notice = taken_over(*holder, grip);
    }
    auto taking = replace("lock", &lock_, to_json(self), {});
    const auto taken = co_await taking;
    if (taken) {
      holder_ = std::move(self);
      heard_ms_ = wall_ms;
      co_return notice;
    }
    if (!taken.error().message.empty()) co_return taken.error();
    // Somebody was quicker: look who.
  }
  co_return Error{"the state's lock changes hands all the time", "try again"};
}

Task<Status> RemoteStore::beat(std::int64_t wall_ms) {
  if (!holder_) co_return Error{"the state is not locked by this run"};
  auto alive = *holder_;
  alive.heartbeat_ms = wall_ms;
  auto saying = replace("lock", &lock_, to_json(alive), {});
  const auto said = co_await saying;
  if (said) {
    holder_ = std::move(alive);
    heard_ms_ = wall_ms;
    co_return Done{};
  }
  // Silence of the server is no lost lock until others may take it for one.
  if (!said.error().message.empty() && wall_ms - heard_ms_ < lease_expiry_ms / 2) co_return Done{};
  auto looking = look("lock");
  auto there = co_await looking;
  const auto other = there ? read_holder(there->text) : std::nullopt;
  if (other && other->id == holder_->id) {  // an earlier sign of life arrived, and its answer did not
    lock_ = *std::move(there);
    heard_ms_ = wall_ms;
    co_return Done{};
  }
  co_return Error{
      other ? fmt::format("the lock was taken over by {}", who(*other)) : "the lock was removed, or its server is gone",
      "nothing more is sent; what was done is in the state"};
}

Task<Status> RemoteStore::release() {
  if (!holder_) co_return Done{};
  const auto id = holder_->id;
  holder_.reset();
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto giving = replace("lock", &lock_, "", {});
    const auto given = co_await giving;
    if (given) co_return Done{};
    // A last sign of life may have come in between.
    auto looking = look("lock");
    auto there = co_await looking;
    if (!there) co_return there.error();
    const auto holder = read_holder(there->text);
    if (!holder || holder->id != id) co_return Done{};
    lock_ = *std::move(there);
  }
  co_return Error{"the lock could not be given back", fmt::format("nmx state unlock {}", id)};
}

Task<Status> RemoteStore::unlock(std::string id) {
  auto proving = shelf_->prove();
  if (auto proven = co_await proving; !proven) co_return proven;
  auto looking = look("lock");
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  const auto holder = read_holder(seen->text);
  if (!holder) co_return Error{"the state is not locked"};
  if (holder->id != id)
    co_return Error{fmt::format("the lock has the id {}, not {}", holder->id, id), "it is held by " + who(*holder)};
  auto removing = replace("lock", &*seen, "", {"the lock changed hands", "look again"});
  co_return co_await removing;
}

Task<Result<JournalWriter>> RemoteStore::begin_journal(const State& state, std::vector<Intent> unknown) {
  JournalWriter writer(seal(state), state.lineage, state.serial, run_id());
  auto writing = replace("journal", &journal_, journal_opening(writer, std::move(unknown)),
                         {"another apply began meanwhile", plan_again});
  if (const auto written = co_await writing; !written) co_return written.error();
  // From here on nobody else begins. If one did, and ended, before this, the state tells.
  auto looking = look("state");
  const auto seen = co_await looking;
  if (!seen) co_return seen.error();
  if (seen->tag != state_.tag) {
    auto emptying = replace("journal", &journal_, "", {});
    static_cast<void>(co_await emptying);
    co_return Error{"the state has changed since it was read", plan_again};
  }
  journal_status_ = Done{};
  co_return writer;
}

Task<Status> RemoteStore::append(std::string record) {
  if (!journal_status_) co_return journal_status_;
  pending_ += record;
  Suspend until_written{[this](Waiter waiter) {
    waiting_.push_back(std::move(waiter));
    if (writing_ && !writing_->done()) return;
    writing_ = write_journal();
    writing_->start();
  }};
  co_await until_written;
  co_return journal_status_;
}

/// One write at a time; what comes meanwhile goes with the next. Belongs to the store, so that no record is left
/// half-way when whoever waits for it goes.
Task<Done> RemoteStore::write_journal() {
  while (!waiting_.empty()) {
    const auto waiting = std::exchange(waiting_, {});
    auto text = journal_.text + std::exchange(pending_, {});
    if (journal_status_ && text != journal_.text) {
      auto writing = replace("journal", &journal_, std::move(text),
                             {"another run has taken over the journal", "nothing more is sent; plan again"});
      if (auto written = co_await writing; !written) {
        const auto& why = written.error();
        journal_status_ = Error{fmt::format("cannot write the journal: {}", why.message),
                                why.help.empty() ? "run nmx again: it finds out what was done" : why.help};
      }
    }
    for (const auto& waiter : waiting) waiter.wake();
  }
  co_return Done{};
}

Task<Status> RemoteStore::write(const State& state, std::optional<std::string> former) {
  // Under its own name first, so that no version is lost between the two writes.
  if (const auto before = read_head(state_.text); before && before->lineage == state.lineage) {
    if (before->serial >= state.serial) {
      co_return Error{
          fmt::format("the state is at serial {} already, and {} was to be written", before->serial, state.serial),
          plan_again};
    }
    auto keeping = shelf_->put(name(version_name(before->serial)), former.value_or(state_.text), "");
    if (const auto kept = co_await keeping; !kept) co_return kept.error();
  }
  auto writing = replace("state", &state_, write_state(state, key()), {"the state has changed meanwhile", plan_again});
  if (const auto written = co_await writing; !written) co_return written;
  if (state.serial > shelf_->versions()) {
    auto discarding = shelf_->discard(name(version_name(state.serial - shelf_->versions() - 1)));
    static_cast<void>(co_await discarding);
  }
  co_return Done{};
}

Task<Status> RemoteStore::remember(const State& state, const HistoryEntry& entry) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto looking = look("history");
    auto seen = co_await looking;
    if (!seen) co_return seen.error();
    auto text = seen->text + history_line(entry, seen->text, StateKey::from_bytes(derivation_key(state)));
    auto writing = replace("history", &*seen, std::move(text), {});
    const auto written = co_await writing;
    if (written || !written.error().message.empty()) co_return written;
  }
  co_return Error{"the history changes all the time", "try again"};
}

Task<Result<History>> RemoteStore::history(const State& state) {
  auto looking = look("history");
  const auto seen = co_await looking;
  if (!seen) co_return seen.error();
  co_return read_history(seen->text, StateKey::from_bytes(derivation_key(state)));
}

Task<Result<std::string>> RemoteStore::history_text() {
  auto looking = look("history");
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  co_return std::move(seen->text);
}

Task<Status> RemoteStore::replace_history(std::string text) {
  auto looking = look("history");
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  auto writing = replace("history", &*seen, std::move(text), {"the history changed meanwhile", "try again"});
  co_return co_await writing;
}

Task<Result<std::optional<std::string>>> RemoteStore::version_text(std::uint64_t serial) {
  auto looking = look(version_name(serial));
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  if (seen->text.empty()) co_return std::optional<std::string>();
  co_return std::optional(std::move(seen->text));
}

Task<Status> RemoteStore::rewrite_version(std::uint64_t serial, std::string text) {
  auto looking = look(version_name(serial));
  auto seen = co_await looking;
  if (!seen) co_return seen.error();
  auto writing = replace(version_name(serial), &*seen, std::move(text), {"a version changed meanwhile", "try again"});
  co_return co_await writing;
}

Task<Status> RemoteStore::end_journal(const State& state, std::vector<Intent> unknown) {
  // What was interrupted while it was being written ends first.
  auto writing_last = append("");
  static_cast<void>(co_await writing_last);
  std::string text;
  if (!unknown.empty()) {
    JournalWriter writer(seal(state), state.lineage, state.serial, run_id());
    text = journal_opening(writer, std::move(unknown));
  }
  if (text == journal_.text) co_return Done{};
  auto writing = replace("journal", &journal_, std::move(text), {"another run has taken over the journal", plan_again});
  co_return co_await writing;
}

}  // namespace nmx
