#pragma once

#include <memory>
#include <optional>

#include "cli/context.hpp"
#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/config/inputs.hpp"
#include "planner/connections.hpp"
#include "planner/host.hpp"
#include "planner/make_plan.hpp"
#include "planner/runtime/curl_env.hpp"
#include "planner/store/local.hpp"
#include "stdlib/library.hpp"

namespace nmx {

/// A site opened for a command: its configuration read, its state at hand, its providers known but not yet asked.
class Session {
 public:
  /// Reads the configuration of the context's folder with its `-e`, `-var` and `-var-file`. What is wrong is printed;
  /// null pointer then.
  static std::unique_ptr<Session> open(Context& context);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Opens the state. False: it was printed why not.
  bool open_state();
  /// Takes the lock, so that only this run changes the state.
  bool lock();
  /// Finds out what an interrupted apply left behind and makes the state whole. With nothing left behind it does
  /// nothing.
  bool recover(ApplyObserver& observer);
  /// Makes a plan. Nothing: it was printed why not.
  std::optional<Plan> plan(const PlanOptions& options);
  /// The digest that a plan of this configuration carries, over the inputs of these names.
  std::string digest(const std::vector<std::string>& inputs);
  /// Writes a version of the state, and into the history who did that with this command. False: it was printed why not.
  bool save(State next, HistoryEntry entry);
  /// Carries a plan out: journal, operations, state. `command` stands in the history. Nothing: it could not be begun,
  /// and why was printed.
  std::optional<ApplyResult> apply(const Plan& plan, const ApplyOptions& options, ApplyObserver& observer,
                                   std::string command);

  /// Prints what was told so far. True when there were errors.
  bool told_errors();
  void print_error(const Error& error);

  Context& context;
  SourceMap sources;
  Diagnostics diagnostics;
  StandardLibrary library;
  std::unique_ptr<Configuration> configuration;
  SystemInputs inputs;
  Registry registry;
  State state;
  Allocator allocator{{}, 1};
  PlanningHost host;
  std::unique_ptr<Evaluator> evaluator;
  CurlEnv env;
  std::unique_ptr<Connections> connections;
  std::optional<LocalStore> store;
  std::optional<Lease> lease;
  /// Left behind by an earlier run and still not known; carried along in the journal.
  std::vector<Intent> unknown;

 private:
  explicit Session(Context& opened);
};

/// `-e`, `-var`, `-var-file`: options of every command that reads a configuration.
std::vector<Option> configuration_options();

}  // namespace nmx
