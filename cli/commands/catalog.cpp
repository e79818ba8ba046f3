#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "stdlib/catalogue.hpp"
#include "stdlib/library.hpp"

namespace nmx {
namespace {

Exit catalog(Context& context) {
  const auto catalogue = read_catalogue(StandardLibrary());
  const bool json = context.arguments.flag("json");
  const auto type = context.arguments.value("SERVICE");
  if (!type) {
    context.streams.out << (json ? catalogue_json(catalogue) : catalogue_text(catalogue));
    return Exit::done;
  }
  const auto* service = catalogue.find(*type);
  if (service == nullptr) {
    std::vector<std::string> names;
    for (const auto& one : catalogue.services) names.push_back(one.type);
    const auto help = did_you_mean(*type, names);
    context.streams.err << fmt::format("error: there is no service `{}`\n  help: {}\n", *type,
                                       help.empty() ? "`nmx catalog` lists them" : help);
    return Exit::error;
  }
  context.streams.out << (json ? service_json(*service) : service_text(catalogue, *service));
  return Exit::done;
}

}  // namespace

Command catalog_command() {
  return {"catalog",
          "show the services that can be had, or one of them",
          {{"SERVICE", "its type: `jellyfin`"}},
          {{"json", "", "as JSON"}},
          catalog};
}

}  // namespace nmx
