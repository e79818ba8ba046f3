#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/editing.hpp"
#include "planner/edit.hpp"
#include "planner/state_file.hpp"

namespace nmx {
namespace {

std::optional<Address> address_of(Session& session, std::string_view argument) {
  auto address = parse_address(session.context.arguments.value(argument).value_or(""));
  if (!address) return session.print_error(address.error()), std::nullopt;
  return *std::move(address);
}

Exit move(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  const auto from = address_of(*session, "FROM");
  const auto to = address_of(*session, "TO");
  if (!from || !to) return Exit::error;
  auto state = session->state;
  const auto moves = move_objects(state, *from, *to);
  if (!moves) return session->failed(moves.error());
  std::vector<std::string> changes;
  for (const auto& [before, after] : *moves)
    changes.push_back(fmt::format("move {} to {}", to_string(before), to_string(after)));
  return save_edit(*session, std::move(state), "state mv", std::move(changes));
}

Exit remove(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  const auto address = address_of(*session, "ADDRESS");
  if (!address) return Exit::error;
  auto state = session->state;
  const auto gone = forget_objects(state, *address);
  if (!gone) return session->failed(gone.error());
  std::vector<std::string> changes;
  for (const auto& one : *gone) changes.push_back(fmt::format("forget {}", to_string(one)));
  return save_edit(*session, std::move(state), "state rm", std::move(changes));
}

Exit pull(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  context.streams.out << write_state(session->state, session->store->key());
  return Exit::done;
}

Exit push(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  const auto name = context.arguments.value("FILE").value_or("");
  std::ifstream file(context.folder / name, std::ios::binary);
  if (!file) return session->failed({fmt::format("cannot read `{}`", name)});
  auto pushed = read_state(std::string(std::istreambuf_iterator<char>(file), {}), session->store->key());
  if (!pushed) return session->failed({fmt::format("{}: {}", name, pushed.error().message), pushed.error().help});
  const auto& here = session->state;
  if (pushed->lineage != here.lineage && !here.objects.empty()) {
    return session->failed({fmt::format("`{}` is the state of another site: its lineage is {}, and this one's is {}",
                                        name, pushed->lineage, here.lineage),
                            "a state is pushed to where it came from, or to where there is none yet"});
  }
  if (pushed->lineage == here.lineage && pushed->serial < here.serial && !context.arguments.flag("force")) {
    return session->failed(
        {fmt::format("`{}` is version {}, and the state is at {} already", name, pushed->serial, here.serial),
         "what was applied since would be forgotten; -force does it all the same"});
  }
  pushed->serial = std::max(pushed->serial, here.serial);
  return save_edit(*session, *std::move(pushed), "state push", {fmt::format("push {}", name)});
}

/// Takes back the last edit by hand. What an apply did is real, so its state is not taken back.
Exit undo(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  const auto history = session->env.drive(session->store->history(session->state));
  if (!history) return session->failed(history.error());
  const auto* last = history->entries.empty() ? nullptr : &history->entries.back();
  if (last == nullptr || last->serial != session->state.serial || !is_edit(last->command)) {
    return session->failed({"the last change of the state was no edit by hand",
                            last == nullptr ? "nothing was changed yet"
                                            : fmt::format("it was `{}`, and what that did is real", last->command)});
  }
  if (last->command == "state rekey" || last->command == "state migrate") {
    return session->failed({fmt::format("`{}` is not taken back", last->command),
                            last->command == "state rekey" ? "`nmx state rekey` changes the key again"
                                                           : "`nmx state migrate` takes the state elsewhere again"});
  }
  auto before = session->env.drive(session->store->version(session->state.serial - 1));
  if (!before) return session->failed(before.error());
  before->serial = session->state.serial;
  return save_edit(*session, *std::move(before), "state undo", {fmt::format("undo {}", last->command)});
}

}  // namespace

Command state_move_command() {
  return {"state mv",
          "give objects of the state another address; nothing real changes",
          {{"FROM", "one object, or all below a block", true}, {"TO", "what they are called from now on", true}},
          {environment_option()},
          move};
}
Command state_remove_command() {
  return {"state rm",
          "forget objects; what is real stays as it is",
          {{"ADDRESS", "one object, or all below a block", true}},
          {environment_option()},
          remove};
}
Command state_pull_command() {
  return {"state pull", "write the state out, secrets sealed", {}, {environment_option()}, pull};
}
Command state_push_command() {
  return {"state push",
          "put a state in place that `nmx state pull` wrote",
          {{"FILE", "the state", true}},
          {environment_option(), {"force", "", "also an older version"}},
          push};
}
Command state_undo_command() {
  return {"state undo", "take back the last edit of the state by hand", {}, {environment_option()}, undo};
}

}  // namespace nmx
