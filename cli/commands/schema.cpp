#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/schema.hpp"
#include "lang/config/loader.hpp"
#include "lang/value/value_json.hpp"
#include "providers/providers.hpp"
#include "stdlib/library.hpp"

namespace nmx {
namespace {

Object all_schemas() {
  SourceMap sources;
  Diagnostics diagnostics;
  const StandardLibrary library;
  const auto configuration = load_library(library, sources, diagnostics);
  const auto registry = all_providers();
  return Object{{"format", 1},
                {"kinds", kinds_schema(*configuration)},
                {"providers", providers_schema(registry)},
                {"resources", resources_schema(registry)},
                {"functions", functions_schema()}};
}

Exit schema(Context& context) {
  auto shown = Value(all_schemas());
  const auto step_into = [&](const std::string& name) {
    const auto* found = shown.object() == nullptr ? nullptr : shown.object()->find(name);
    if (found == nullptr) return false;
    shown = Value(*found);
    return true;
  };
  for (const auto& given : context.arguments.values("PART")) {
    if (step_into(given)) continue;
    context.streams.err << "error: there is no schema `" << given << "`\n"
                        << "  help: the parts are `kinds`, `providers`, `resources` and `functions`\n";
    return Exit::error;
  }
  context.streams.out << to_json(shown, JsonStyle::pretty).value() << "\n";
  return Exit::done;
}

}  // namespace

Command schema_command() {
  return {
      "schema",
      "print what kinds, providers, resources and functions take, as JSON (JSON Schema for their blocks)",
      {{"PART", "`kinds`, `providers`, `resources` or `functions`, and one of them: `kinds container`", false, true}},
      {},
      schema};
}

}  // namespace nmx
