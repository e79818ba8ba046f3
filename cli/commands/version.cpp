#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"

namespace nmx {
namespace {

Exit version(Context& context) {
  if (context.arguments.flag("json")) {
    context.streams.out << fmt::format("{{\"nmx\":\"{}\"}}\n", NMX_VERSION);
  } else {
    context.streams.out << fmt::format("nmx {}\n", NMX_VERSION);
  }
  return Exit::done;
}

}  // namespace

Command version_command() { return {"version", "which nmx this is", {}, {{"json", "", "as JSON"}}, version}; }

}  // namespace nmx
