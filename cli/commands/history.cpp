#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "planner/view/history_text.hpp"

namespace nmx {
namespace {

/// Who changed the state, when and with which command; with a version, all that led to it.
Exit history(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  auto read = session->env.drive(session->store->history(session->state));
  if (!read) return session->failed(read.error());
  if (const auto wanted = context.arguments.value("VERSION")) {
    std::uint64_t serial = 0;
    const auto end = wanted->data() + wanted->size();
    const bool number = std::from_chars(wanted->data(), end, serial).ptr == end;
    std::erase_if(read->entries, [&](const HistoryEntry& entry) { return !number || entry.serial != serial; });
    if (read->entries.empty())
      return session->failed(
          {fmt::format("there is no version `{}` in the history", *wanted), "`nmx history` lists them"});
    if (!context.arguments.flag("json")) {
      context.streams.out << history_entry_text(read->entries.front());
      return Exit::done;
    }
  }
  context.streams.out << (context.arguments.flag("json") ? history_json(*read)
                                                         : history_text(*read, context.terminal.width));
  return Exit::done;
}

}  // namespace

Command history_command() {
  return {"history",
          "show who applied what, and when",
          {{"VERSION", "one of them, with all that it did"}},
          {environment_option(), {"json", "", "as JSON"}},
          history};
}

}  // namespace nmx
