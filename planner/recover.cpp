#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "planner/apply.hpp"
#include "planner/outcome.hpp"
#include "planner/runtime/gather.hpp"
#include "planner/runtime/within.hpp"

namespace nmx {
namespace {

/// What a provider said of an intent, or why it said nothing.
using Told = Result<Reconciled>;

Task<Told> ask(Env* env, ProviderSource* providers, Operation operation) {
  auto connecting = providers->provider(operation.provider);
  const auto provider = co_await connecting;
  if (!provider) co_return provider.error();
  auto asking = within(env, Milliseconds(operation.timeout_ms), (*provider)->reconcile(operation));
  auto told = co_await asking;
  if (!told) co_return Error{fmt::format("no answer within {} s", operation.timeout_ms / 1000)};
  co_return std::move(*told);
}

void put(State& state, const Address& address, std::optional<StateObject> object) {
  if (object) {
    state.objects[address] = std::move(*object);
  } else {
    state.objects.erase(address);
  }
}

/// What the journal says and the state does not.
bool fold(State& state, const JournalContent& journal) {
  // The run wrote its state, and was cut short before it removed its journal.
  if (!journal.serial || *journal.serial != state.serial) return false;
  for (const auto& folded : journal.folded) {
    for (const auto& address : folded.forgotten) state.objects.erase(address);
    for (const auto& [address, object] : folded.refreshed) state.objects[address] = object;
  }
  for (const auto& result : journal.results) put(state, result.address, result.object);
  std::set<std::string, std::less<>> gone;
  for (const auto& result : journal.results) {
    if (!result.object) gone.insert(to_string(result.address));
  }
  for (const auto& [space, value, owner] : journal.allocated) {
    // Also where nothing was made: a request that lands late must find its values still its own.
    if (!gone.contains(owner)) state.allocations[space][value] = Allocation{owner, 0};
  }
  return !journal.folded.empty() || !journal.results.empty() || !journal.allocated.empty();
}

/// Values of objects that the run destroyed become tombstones.
bool release_gone(State& state, const JournalContent& journal) {
  std::set<std::string, std::less<>> gone;
  for (const auto& result : journal.results) {
    if (!result.object && !state.objects.contains(result.address)) gone.insert(to_string(result.address));
  }
  bool changed = false;
  for (auto& [space, values] : state.allocations) {
    for (auto& [value, allocation] : values) {
      if (allocation.released != 0 || !gone.contains(allocation.owner)) continue;
      allocation.released = state.serial + 1;
      changed = true;
    }
  }
  return changed;
}

std::string_view fate_text(const Operation& operation, Fate fate) {
  switch (fate) {
    case Fate::done: return "it was done, and is now in the state";
    case Fate::not_done: return "it was not done";
    case Fate::half:
      return operation.completes ? "it was done by half; the next plan looks at it again"
                                 : "it was begun; the next plan goes on from there";
  }
  return {};
}

}  // namespace

Task<Recovery> recover(State state, JournalContent journal, Env& env, ProviderSource& providers,
                       ApplyObserver& observer) {
  Recovery recovery;
  recovery.changed = fold(state, journal);
  std::vector<Task<Told>> questions;
  for (const auto& intent : journal.open) questions.push_back(ask(&env, &providers, intent.operation));
  auto asking = gather(std::move(questions));
  const auto answers = co_await asking;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& intent = journal.open[i];
    const auto& operation = intent.operation;
    if (!answers[i]) {
      recovery.problems.push_back({operation.id, Error{fmt::format("cannot find out whether the last run could {}: {}",
                                                                   operation.summary, answers[i].error().message),
                                                       answers[i].error().help}});
      recovery.unknown.push_back(intent);
      continue;
    }
    const auto& [fate, answer] = *answers[i];
    observer.notice(
        fmt::format("the last run was cut short while it did `{}`: {}", operation.summary, fate_text(operation, fate)));
    for (const auto& note : answer.notes) observer.notice(note);
    if (fate == Fate::not_done) continue;
    auto so_far = operation;
    so_far.completes = operation.completes && fate == Fate::done;
    const auto stored = state.objects.find(operation.address);
    const auto* before = stored == state.objects.end() ? nullptr : &stored->second;
    Answer known;
    // Answers of the object's earlier operations in that run stand in its record.
    const auto earlier =
        std::any_of(journal.results.begin(), journal.results.end(),
                    [&](const OperationResult& result) { return result.address == operation.address; });
    if (earlier && before != nullptr && intent.becoming.fresh) known = {before->attributes, before->id};
    known.attributes = overlay(std::move(known.attributes), answer.attributes);
    if (!answer.id.empty()) known.id = answer.id;
    auto object = object_after(so_far, intent.becoming, before, known);
    if (!object) journal.results.push_back({operation.id, operation.address, std::nullopt});
    put(state, operation.address, std::move(object));
    recovery.changed = true;
  }
  if (release_gone(state, journal)) recovery.changed = true;
  if (recovery.changed) ++state.serial;
  recovery.state = std::move(state);
  co_return recovery;
}

}  // namespace nmx
