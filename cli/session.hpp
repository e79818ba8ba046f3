#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/context.hpp"
#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/config/inputs.hpp"
#include "planner/connections.hpp"
#include "planner/host.hpp"
#include "planner/make_plan.hpp"
#include "planner/runtime/curl_env.hpp"
#include "planner/store/store.hpp"
#include "stdlib/library.hpp"

namespace nmx {

/// A site opened for a command: its configuration read, its state at hand, its providers known but not yet asked.
class Session {
 public:
  /// Reads the configuration of the context's folder with its `-e`, `-var` and `-var-file`. What is wrong is printed;
  /// null pointer then.
  static std::unique_ptr<Session> open(Context& context);
  /// The same with its state locked, and whole after whatever came before. Null pointer: it was printed why not.
  static std::unique_ptr<Session> open_for_change(Context& context);
  /// Gives the lock back.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// What the `state` block says; empty without one. Nothing: it was printed what is wrong with it.
  std::optional<Object> state_settings();
  /// Opens the state. False: it was printed why not. A place that holds none yet, while one lies in `.nmx/`, is refused
  /// unless it is meant to be a `new_one`.
  enum class Place { usual, new_one };
  bool open_state(Place place = Place::usual);
  /// The site's `.nmx`.
  std::filesystem::path nmx_folder() const;
  /// Who locks and changes a state, for others to read.
  static std::string owner();
  /// Takes the lock, so that only this run changes the state.
  bool lock();
  /// Finds out what an interrupted apply left behind and makes the state whole. With nothing left behind it does
  /// nothing.
  /// While another run is at work, a plan may go on (with a note, from the version before it); everything else ends.
  enum class Busy { ends, goes_on };
  bool recover(ApplyObserver& observer, Busy busy = Busy::ends);
  /// Makes a plan. Nothing: it was printed why not.
  std::optional<Plan> plan(const PlanOptions& options);
  /// The digest that a plan of this configuration carries, over the inputs of these names.
  std::string digest(const std::vector<std::string>& inputs);
  /// Says in an entry which version it leads to, who made it, where and when.
  void sign(HistoryEntry& entry, std::uint64_t serial);
  /// Writes a version of the state, and into the history who did that with this command. False: it was printed why not.
  bool save(State next, HistoryEntry entry);
  /// Carries a plan out: journal, operations, state. `command` stands in the history. Nothing: it could not be begun,
  /// and why was printed.
  std::optional<ApplyResult> apply(const Plan& plan, const ApplyOptions& options, ApplyObserver& observer,
                                   std::string command);

  /// Prints what was told so far. True when there were errors.
  bool told_errors();
  void print_error(const Error& error);
  /// The same, as the end of a command.
  Exit failed(const Error& error);

  Context& context;
  SourceMap sources;
  Diagnostics diagnostics;
  StandardLibrary library;
  std::unique_ptr<Configuration> configuration;
  SystemInputs inputs;
  /// Files of the flake that plans see as if they stood in it: what an upgrade proposes.
  std::map<std::string, std::string> proposed_flake;
  Registry registry;
  State state;
  Allocator allocator{{}, 1};
  PlanningHost host;
  std::unique_ptr<Evaluator> evaluator;
  CurlEnv env;
  std::unique_ptr<Connections> connections;
  std::unique_ptr<Store> store;
  /// Left behind by an earlier run and still not known; carried along in the journal.
  std::vector<Intent> unknown;

 private:
  bool read_state();
  explicit Session(Context& opened);
};

/// `-e`.
Option environment_option();
/// `-e`, `-var`, `-var-file`: options of every command that reads a configuration.
std::vector<Option> configuration_options();

}  // namespace nmx
