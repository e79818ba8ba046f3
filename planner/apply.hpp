#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lang/value/operators.hpp"
#include "planner/events.hpp"
#include "planner/journal.hpp"
#include "planner/plan.hpp"
#include "planner/provider.hpp"
#include "planner/state.hpp"

namespace nmx {

/// Where the journal of a running apply goes.
class JournalSink {
 public:
  virtual ~JournalSink() = default;
  /// Adds a record; done when no crash can undo it. Records that come together may share the way. A failure is final:
  /// every later record fails with the same words.
  virtual Task<Status> append(std::string record) = 0;
};

/// Gives the connection that an operation needs.
class ProviderSource {
 public:
  virtual ~ProviderSource() = default;
  /// `name` as in `Operation::provider`. Connects when it is first asked for. Errors: the server cannot be reached,
  /// there is no such provider.
  virtual Task<Result<Provider*>> provider(std::string name) = 0;
  /// What the provider's settings read of objects that the apply makes is known now, as far as `answers` tells.
  /// Errors: something is still missing.
  virtual Status settle(const std::string& /*name*/, const HoleSource& /*answers*/) { return Done{}; }
  /// Version of the type's schema.
  virtual std::uint32_t schema_version(const std::string& type) const = 0;
};

struct ApplyOptions {
  /// Operations under way at once.
  int parallelism = 16;
  /// Called every ten seconds while the apply runs; an error (the lock is lost) stops it as the first Ctrl-C does.
  std::function<Task<Status>()> heartbeat = {};
};

/// What apply works with; everything lives longer than the apply.
struct ApplyPorts {
  Env& env;
  ProviderSource& providers;
  ApplyObserver& observer;
  /// Makes the records; the first one is in the sink before the apply begins.
  JournalWriter& journal;
  /// Takes them.
  JournalSink& sink;
};

struct OperationProblem {
  std::size_t operation = 0;
  Error error;
};

struct ApplyResult {
  enum class End { done, failed, interrupted } end = End::done;
  /// Always whole: what is done stands in it, serial one higher.
  State state;
  std::vector<OperationProblem> failed;
  /// Operations that were not begun, and why: `needs container.db.lxc, which failed`.
  std::vector<OperationProblem> not_started;
  /// Nobody knows what became of these; they stay in the journal for the next run.
  std::vector<Intent> unknown;
  std::size_t finished = 0;
};

/// Carries out a plan: every operation once its forerunners are done, many at a time, none beside one it conflicts
/// with, each journalled before it is sent and after it answered. What fails takes along only what needs it.
Task<ApplyResult> apply(const Plan& plan, State state, ApplyPorts ports, ApplyOptions options);

/// What stays in the journal after an apply: its own unknown intents, and those of earlier runs whose objects it did
/// not bring to an end.
std::vector<Intent> still_unknown(std::vector<Intent> earlier, const Plan& plan, const ApplyResult& result);

struct Recovery {
  /// With everything that the journal and the servers told.
  State state;
  /// Whether it differs from the state that was given; its serial is then one higher, and it is to be saved.
  bool changed = false;
  /// Intents whose fate could not be found out now.
  std::vector<Intent> unknown;
  std::vector<OperationProblem> problems;
};

/// After a run that was cut short: folds what it journalled into the state and asks the providers what became of the
/// rest.
Task<Recovery> recover(State state, JournalContent journal, Env& env, ProviderSource& providers,
                       ApplyObserver& observer);

}  // namespace nmx
