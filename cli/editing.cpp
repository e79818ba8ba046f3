#include "cli/editing.hpp"

#include <fmt/core.h>

#include <ostream>

namespace nmx {

Exit save_edit(Session& session, State state, std::string command, std::vector<std::string> changes) {
  ++state.serial;
  HistoryEntry entry;
  entry.command = std::move(command);
  entry.changes = changes;
  if (!session.save(std::move(state), std::move(entry))) return Exit::error;
  for (const auto& change : changes) session.context.streams.out << change << "\n";
  session.context.streams.out << fmt::format("version {}; `nmx state undo` takes it back\n", session.state.serial);
  return Exit::done;
}

bool is_edit(std::string_view command) { return command.starts_with("state ") || command.starts_with("secrets "); }

}  // namespace nmx
