#include <istream>
#include <ostream>
#include <string>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "lang/diagnostics/render.hpp"
#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

constexpr std::size_t longest = 10'000;  // characters of a value

void answer(Session& session, const std::string& line) {
  auto& context = session.context;
  const auto source = session.sources.add("console", line);
  const auto expression = parse_expression(session.sources, source, session.diagnostics);
  if (expression && !session.diagnostics.has_errors()) {
    const auto value = session.evaluator->evaluate(*expression);
    // What went wrong before was told when it was first asked for.
    if (!value.is_poison()) context.streams.out << display(value, longest) << "\n";
    if (value.is_poison() && session.diagnostics.empty())
      context.streams.out << "it has a mistake that was told above\n";
  }
  context.streams.err << render(session.diagnostics, session.sources, context.terminal.colour);
  session.diagnostics = Diagnostics();
}

Exit console(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr) return Exit::error;
  session->evaluator->instantiate();
  if (session->told_errors()) return Exit::error;
  const bool asks = context.terminal.interactive_in && context.terminal.interactive_out;
  if (asks) context.streams.out << "an expression a line; ctrl-D ends\n";
  for (std::string line;;) {
    if (asks) context.streams.out << "> " << std::flush;
    if (!std::getline(context.streams.in, line)) break;
    if (line.find_first_not_of(" \t\r") != std::string::npos) answer(*session, line);
  }
  return Exit::done;
}

}  // namespace

Command console_command() {
  return {"console",
          "evaluate expressions, one a line, as they would be in the root module; secrets stay hidden",
          {},
          configuration_options(),
          console};
}

}  // namespace nmx
