#include "cli/session.hpp"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>

#include "cli/error_pages.hpp"
#include "cli/progress.hpp"
#include "cli/variables.hpp"
#include "lang/diagnostics/render.hpp"
#include "lang/diagnostics/visible.hpp"
#include "planner/configuration_digest.hpp"
#include "planner/plan_file.hpp"
#include "planner/store/open.hpp"
#include "planner/view/outline.hpp"
#include "providers/providers.hpp"

namespace nmx {
namespace {

std::string_view to_string(ApplyResult::End end) {
  switch (end) {
    case ApplyResult::End::done: return "done";
    case ApplyResult::End::failed: return "failed";
    case ApplyResult::End::interrupted: return "interrupted";
  }
  return "";
}

/// What an apply brought to its end, and what not.
HistoryEntry history_entry(const Plan& plan, const ApplyResult& result) {
  HistoryEntry entry;
  entry.plan = plan_fingerprint(plan);
  entry.outcome = to_string(result.end);
  std::set<Address> unfinished;
  for (const auto* problems : {&result.failed, &result.not_started}) {
    for (const auto& problem : *problems) unfinished.insert(plan.operations[problem.operation].address);
  }
  for (const auto& one : plan.entries) {
    entry.changes.push_back(fmt::format("{} {}{}", to_string(one.change.action), to_string(one.change.address),
                                        unfinished.contains(one.change.address) ? " (not finished)" : ""));
  }
  for (const auto& [address, id] : plan.imported)
    entry.changes.push_back(fmt::format("import {} from {}", to_string(address), id));
  for (const auto& address : left_alone(plan)) entry.changes.push_back(fmt::format("forget {}", to_string(address)));
  for (const auto& [from, to] : plan.moved)
    entry.changes.push_back(fmt::format("move {} to {}", to_string(from), to_string(to)));
  return entry;
}

}  // namespace

Option environment_option() { return {"e", "ENV", "the environment; by default the one marked so"}; }

std::vector<Option> configuration_options() {
  return {environment_option(),
          {"var", "NAME=VALUE", "sets a variable", true},
          {"var-file", "FILE", "sets the variables that stand in a file", true}};
}

Session::Session(Context& opened)
    : context(opened), registry(all_providers(&proposed_flake)), host(registry, state, allocator, diagnostics) {}

std::unique_ptr<Session> Session::open(Context& context) {
  std::unique_ptr<Session> session(new Session(context));
  LoadOptions options;
  options.folder = context.folder;
  options.environment = context.arguments.value("e").value_or("");
  auto variables = read_variables(context);
  if (!variables) {
    session->print_error(variables.error());
    return nullptr;
  }
  options.variables = *std::move(variables);
  session->configuration = load(options, session->library, session->sources, session->diagnostics);
  if (session->told_errors()) return nullptr;
  session->evaluator =
      std::make_unique<Evaluator>(*session->configuration, session->host, session->inputs, session->diagnostics);
  return session;
}

std::unique_ptr<Session> Session::open_for_change(Context& context) {
  auto session = open(context);
  if (session == nullptr || !session->open_state() || !session->lock()) return nullptr;
  Progress progress(context, 0);
  if (!session->recover(progress)) return nullptr;
  return session;
}

bool Session::told_errors() {
  if (!diagnostics.has_errors()) return false;
  const bool json = context.arguments.flag("json");
  if (json) {
    context.streams.out << render_json(diagnostics, sources);
  } else {
    context.streams.err << render(diagnostics, sources, context.terminal.colour);
    // For people alone: logs and transcripts stay as short as they are.
    if (context.terminal.interactive_out) context.streams.err << explain_hint(diagnostics);
  }
  return true;
}

void Session::print_error(const Error& error) {
  context.streams.err << "error: " << visible_lines(error.message) << "\n";
  if (!error.help.empty()) context.streams.err << "  help: " << visible_lines(error.help) << "\n";
}

Exit Session::failed(const Error& error) {
  print_error(error);
  return Exit::error;
}

Session::~Session() {
  if (store == nullptr || !store->holder()) return;
  if (auto released = env.drive(store->release()); !released) print_error(released.error());
}

std::optional<Object> Session::state_settings() {
  const auto written = evaluator->state_settings(state_interface());
  if (!diagnostics.has_errors()) {
    if (const auto mistake = state_mistake(written.settings)) {
      const auto place = written.places.find(mistake->setting);
      diagnostics
          .error(Code::bad_state_setting,
                 place != written.places.end() ? place->second : written.block.value_or(Span{}), mistake->error.message)
          .with_help(mistake->error.help);
    }
  }
  if (told_errors()) return std::nullopt;
  return written.settings;
}

std::string Session::owner() {
  const auto* entry = getpwuid(getuid());
  return entry == nullptr ? fmt::format("user {}", getuid()) : std::string(entry->pw_name);
}

std::filesystem::path Session::nmx_folder() const {
  return std::filesystem::absolute(context.folder).lexically_normal() / ".nmx";
}

bool Session::open_state(Place place) {
  const auto settings = state_settings();
  if (!settings) return false;
  const auto folder = nmx_folder();
  auto keys = env.drive(key_source(*settings, folder, env));
  if (!keys) return print_error(keys.error()), false;
  auto opened = open_store(*settings, *std::move(keys), folder, configuration->environment, env);
  if (!opened) return print_error(opened.error()), false;
  store = *std::move(opened);
  if (!read_state()) return false;
  const auto local = folder / (configuration->environment + ".json");
  if (place == Place::usual && backend_of(*settings) != "local" && state.serial == 0 &&
      std::filesystem::exists(local)) {
    // Everything would be made a second time.
    print_error({fmt::format("the state of this site lies in .nmx/{}, and the `state` block names another place, "
                             "which holds none yet",
                             local.filename().string()),
                 "`nmx state migrate` takes it there"});
    return false;
  }
  connections = std::make_unique<Connections>(
      registry, env, [seal = derivation(state, store->key())](std::string_view label) { return seal.derive(label); },
      folder.parent_path());
  return true;
}

bool Session::read_state() {
  auto read = env.drive(store->read());
  if (!read) return print_error(read.error()), false;
  for (const auto& [address, object] : read->objects) {
    const auto* type = registry.type(object.type);
    if (type == nullptr || object.schema_version <= type->schema().version) continue;
    print_error({fmt::format("{} was last written by a newer nmx: version {} of `{}`, and this one knows {}",
                             to_string(address), object.schema_version, object.type, type->schema().version),
                 "use that nmx"});
    return false;
  }
  state = *std::move(read);
  allocator = Allocator(state.allocations, state.serial + 1);
  return true;
}

bool Session::lock() {
  auto taken = env.drive(store->lock(owner(), env.wall_ms()));
  if (!taken) return print_error(taken.error()), false;
  if (!taken->empty()) context.streams.err << "note: " << visible_lines(*taken) << "\n";
  // Somebody may have written between the first look and the lock.
  return read_state();
}

bool Session::recover(ApplyObserver& observer, Busy busy) {
  auto left = env.drive(store->read_journal(state));
  if (!left) return print_error(left.error()), false;
  if (!left->serial) return true;
  if (!store->holder()) {
    auto taken = env.drive(store->lock(owner(), env.wall_ms()));
    if (!taken && busy == Busy::goes_on) {
      context.streams.err << fmt::format("note: {}; this is how it was before, version {}\n",
                                         visible_lines(taken.error().message), state.serial);
      return true;
    }
    if (!taken) return print_error(taken.error()), false;
    if (!taken->empty()) context.streams.err << "note: " << visible_lines(*taken) << "\n";
    if (!read_state()) return false;
    // Whoever wrote it may have come to its end meanwhile.
    left = env.drive(store->read_journal(state));
    if (!left) return print_error(left.error()), false;
    if (!left->serial) return true;
  }
  for (const auto& instance : host.providers(*evaluator)) connections->add(instance);
  if (told_errors()) return false;
  auto recovered = env.drive(nmx::recover(state, *std::move(left), env, *connections, observer));
  for (const auto& problem : recovered.problems) print_error(problem.error);
  unknown = std::move(recovered.unknown);
  HistoryEntry entry;
  entry.command = "recover";
  if (recovered.changed && !save(std::move(recovered.state), std::move(entry))) return false;
  if (auto ended = env.drive(store->end_journal(state, unknown)); !ended) {
    return print_error(ended.error()), false;
  }
  return true;
}

std::optional<Plan> Session::plan(const PlanOptions& options) {
  // What provider blocks read (tokens, passwords) may differ between planning and applying; the rest may not.
  static_cast<void>(host.providers(*evaluator));
  const auto credentials = names_of(inputs);
  auto made = env.drive(
      make_plan(PlanPorts{*configuration, *evaluator, host, *connections, registry, state, allocator, env, diagnostics},
                options));
  if (told_errors() || !made) return std::nullopt;
  for (auto& name : names_of(inputs)) {
    if (std::find(credentials.begin(), credentials.end(), name) == credentials.end()) made->inputs.push_back(name);
  }
  made->nmx_version = NMX_VERSION;
  made->site = std::filesystem::absolute(context.folder).lexically_normal().filename().string();
  if (made->site.empty())
    made->site = std::filesystem::absolute(context.folder).lexically_normal().parent_path().filename().string();
  made->configuration_digest = digest(made->inputs);
  return made;
}

std::string Session::digest(const std::vector<std::string>& names) {
  return nmx::configuration_digest(
      *configuration, inputs, names,
      [seal = derivation(state, store->key())](std::string_view label) { return seal.derive(label); });
}

void Session::sign(HistoryEntry& entry, std::uint64_t serial) {
  entry.serial = serial;
  entry.at_ms = env.wall_ms();
  entry.by = store->holder()->owner;
  entry.host = store->holder()->host;
  if (entry.outcome.empty()) entry.outcome = "done";
}

bool Session::save(State next, HistoryEntry entry) {
  sign(entry, next.serial);
  if (auto noted = env.drive(store->remember(next, entry)); !noted) return print_error(noted.error()), false;
  if (auto saved = env.drive(store->save(next)); !saved) return print_error(saved.error()), false;
  state = std::move(next);
  allocator = Allocator(state.allocations, state.serial + 1);
  return true;
}

std::optional<ApplyResult> Session::apply(const Plan& plan, const ApplyOptions& options, ApplyObserver& observer,
                                          std::string command) {
  // Reading a plan may take long, and says nothing to others: does the lock still stand?
  if (auto alive = env.drive(store->beat(env.wall_ms())); !alive) return print_error(alive.error()), std::nullopt;
  auto journal = env.drive(store->begin_journal(state, unknown));
  if (!journal) return print_error(journal.error()), std::nullopt;
  auto result = env.drive(nmx::apply(plan, state, ApplyPorts{env, *connections, observer, *journal, *store}, options));
  auto entry = history_entry(plan, result);
  entry.command = std::move(command);
  if (!save(result.state, std::move(entry))) return std::nullopt;
  if (auto ended = env.drive(store->end_journal(state, still_unknown(unknown, plan, result))); !ended) {
    return print_error(ended.error()), std::nullopt;
  }
  return result;
}

}  // namespace nmx
