#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "providers/authentik/blueprint_text.hpp"

namespace nmx {
namespace {

Exit export_blueprint(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  std::vector<std::pair<std::string, Object>> objects;
  for (const auto& [address, object] : session->state.objects) {
    if (session->registry.provider_of(object.type) == "authentik") objects.emplace_back(object.type, object.attributes);
  }
  if (objects.empty()) return session->failed({"there is nothing of Authentik in the state", "`nmx apply` first"});
  context.streams.out << authentik::blueprint_text(objects);
  return Exit::done;
}

}  // namespace

Command export_blueprint_command() {
  return {"export authentik-blueprint",
          "what nmx made in Authentik as a blueprint that Authentik imports without nmx",
          {},
          {environment_option()},
          export_blueprint};
}

}  // namespace nmx
