#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "planner/store/files.hpp"
#include "planner/store/open.hpp"

// Where a state lies, and what it is sealed with.
namespace nmx {
namespace {

constexpr const char* new_key_variable = "NMX_NEW_STATE_KEY";
constexpr const char* new_passphrase_variable = "NMX_NEW_STATE_PASSPHRASE";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// The key that was asked for: given from outside, else a new key file.
Result<NewKey> wanted_key(Session& session) {
  const auto key = variable(new_key_variable);
  const auto passphrase = variable(new_passphrase_variable);
  if (!key.empty() && !passphrase.empty()) {
    return Error{fmt::format("{} and {} are both set", new_key_variable, new_passphrase_variable), "one is enough"};
  }
  if (!key.empty() || !passphrase.empty()) return new_key(key, passphrase);
  return session.store->next_key_file();
}

Exit rekey(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  if (!session->unknown.empty()) {
    // The journal that carries them along is sealed with the key that there is.
    return session->failed({"an interrupted apply is not cleared up yet",
                            "make its provider reachable and run `nmx plan`, then change the key"});
  }
  auto& store = *session->store;
  const auto key = wanted_key(*session);
  if (!key) return session->failed(key.error());
  HistoryEntry entry;
  entry.command = "state rekey";
  entry.changes = {"seal the state with another key"};
  session->sign(entry, session->state.serial + 1);
  const auto done = session->env.drive(store.rekey(session->state, *key, entry));
  if (!done) return session->failed(done.error());
  if (const auto kept = store.keep_new_key_file(session->state); !kept) return session->failed(kept.error());
  auto& out = context.streams.out;
  out << fmt::format("version {}: the state and its kept versions are sealed with another key\n",
                     session->state.serial + 1);
  if (!variable(new_passphrase_variable).empty()) {
    out << fmt::format("from now on NMX_STATE_PASSPHRASE, or the `state` block, has to say what {} does\n",
                       new_passphrase_variable);
  } else if (!variable(new_key_variable).empty()) {
    out << fmt::format("from now on NMX_STATE_KEY, or the `state` block, has to say what {} does\n", new_key_variable);
  } else {
    out << "the former key file is kept beside the new one, for what else is sealed with it\n";
  }
  out << "whoever had the old key may know the secrets; a higher `generation` makes others\n";
  return Exit::done;
}

/// Where a state was until now: what its `state` block said, and the site's `.nmx`.
struct Former {
  Object settings;
  std::filesystem::path folder;
};

/// By the configuration of another folder; without one it is `.nmx/` beside the site, with the site's own key.
std::optional<Former> former_place(Context& context, Session& target) {
  if (const auto folder = context.arguments.value("from")) {
    auto there = context;
    there.folder = context.folder / *folder;
    const auto session = Session::open(there);
    auto settings = session == nullptr ? std::nullopt : session->state_settings();
    if (!settings) return std::nullopt;
    return Former{*std::move(settings), session->nmx_folder()};
  }
  const auto settings = target.state_settings();
  if (!settings) return std::nullopt;
  Former former{{}, target.nmx_folder()};
  for (const auto* name : {"key", "key_file", "key_command", "passphrase"}) {
    if (const auto* value = settings->find(name)) former.settings.set(name, *value);
  }
  return former;
}

/// What is taken along.
struct Cargo {
  State state;
  std::string history;
};

/// Everything that lies at the former place, which is locked. Errors: it is not whole, or there is nothing.
Task<Result<Cargo>> unload(Store* store, std::string owner, std::int64_t wall_ms) {
  auto locking = store->lock(std::move(owner), wall_ms);
  if (const auto locked = co_await locking; !locked) co_return locked.error();
  auto reading = store->read();
  auto state = co_await reading;
  if (!state) co_return state.error();
  if (state->objects.empty() && state->serial == 0)
    co_return Error{fmt::format("{} holds no state yet, so there is nothing to take along", store->place())};
  auto reading_journal = store->read_journal(*state);
  const auto journal = co_await reading_journal;
  if (!journal) co_return journal.error();
  if (journal->serial) {
    co_return Error{"an interrupted apply is not cleared up yet",
                    "go back to the former `state` block, run `nmx plan`, and migrate then"};
  }
  if (state->derivation.empty()) state->derivation = store->derivation_key(*state);
  auto reading_history = store->history_text();
  auto history = co_await reading_history;
  if (!history) co_return history.error();
  co_return Cargo{*std::move(state), *std::move(history)};
}

/// What stands in the way of taking a state to where another is already; empty: nothing.
std::string occupied(const State& there, const State& coming) {
  if (there.objects.empty() && there.serial == 0) return {};
  if (there.lineage != coming.lineage) return "there is the state of another site";
  if (there.serial > coming.serial)
    return fmt::format("there is version {}, and here only {}", there.serial, coming.serial);
  return {};
}

Exit load(Session& session, Cargo cargo, const std::string& from) {
  if (!session.open_state(Session::Place::new_one)) return Exit::error;
  const auto to = session.store->place();
  if (to == from) {
    return session.failed({fmt::format("the state lies in {} already", to),
                           "change the `state` block first; `-from FOLDER` names a folder with the former one"});
  }
  if (!session.lock()) return Exit::error;
  if (const auto why = occupied(session.state, cargo.state); !why.empty())
    return session.failed({fmt::format("cannot take the state to {}: {}", to, why)});
  auto state = std::move(cargo.state);
  state.serial = std::max(state.serial, session.state.serial) + 1;
  state.passphrase = session.state.passphrase;
  if (auto moved = session.env.drive(session.store->replace_history(std::move(cargo.history))); !moved)
    return session.failed(moved.error());
  HistoryEntry entry;
  entry.command = "state migrate";
  entry.changes = {fmt::format("take the state from {} to {}", from, to)};
  if (!session.save(std::move(state), std::move(entry))) return Exit::error;
  session.context.streams.out << fmt::format("version {} is in {}\n", session.state.serial, to);
  return Exit::done;
}

Exit migrate(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr) return Exit::error;
  auto& env = session->env;
  const auto former = former_place(context, *session);
  if (!former) return Exit::error;
  auto keys = env.drive(key_source(former->settings, former->folder, env));
  if (!keys) return session->failed(keys.error());
  const auto source =
      open_store(former->settings, *std::move(keys), former->folder, session->configuration->environment, env);
  if (!source) return session->failed(source.error());
  const auto source_place = (*source)->place();
  auto cargo = env.drive(unload(source->get(), Session::owner(), env.wall_ms()));
  const auto release = [&] { static_cast<void>(env.drive((*source)->release())); };
  if (!cargo) return release(), session->failed(cargo.error());

  const auto moved = load(*session, *std::move(cargo), source_place);
  const bool local = backend_of(former->settings) == "local";
  if (moved == Exit::done && local) {
    const std::filesystem::path file = source_place;
    if (auto kept = rename_file(file, file.string() + ".moved"); !kept) return release(), session->failed(kept.error());
    context.streams.out << fmt::format("the former one is kept as {}.moved\n", file.filename().string());
  } else if (moved == Exit::done) {
    context.streams.out << fmt::format("{} is as it was; nobody may use it any more\n", source_place);
  }
  release();
  return moved;
}

}  // namespace

Command state_rekey_command() {
  return {
      "state rekey",
      "seal the state with another key; NMX_NEW_STATE_KEY or NMX_NEW_STATE_PASSPHRASE gives it, else a new key file",
      {},
      {environment_option()},
      rekey};
}
Command state_migrate_command() {
  return {
      "state migrate",
      "take the state to where the `state` block says",
      {},
      {environment_option(), {"from", "FOLDER", "a folder with the former `state` block; by default it lies in .nmx/"}},
      migrate};
}

}  // namespace nmx
