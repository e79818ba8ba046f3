#include "cli/editing.hpp"

#include <fmt/core.h>

#include <ostream>

#include "cli/progress.hpp"

namespace nmx {

std::unique_ptr<Session> open_for_change(Context& context) {
  auto session = Session::open(context);
  if (session == nullptr || !session->open_state() || !session->lock()) return nullptr;
  Progress progress(context, 0);
  if (!session->recover(progress)) return nullptr;
  return session;
}

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
