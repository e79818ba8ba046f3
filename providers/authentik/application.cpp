#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model application_model() {
  Model model;
  model.type = "authentik_application";
  model.noun = "application";
  model.blueprint = "authentik_core.application";
  model.doc = "An application of Authentik: what people see in the portal, and what policies are bound to.";
  model.path = "/core/applications/";
  model.key = {"slug"};
  model.lookup = "slug";
  model.names = Names::application;
  model.attributes = {
      text("slug", "slug", "Its name in addresses: `/application/o/<slug>/`.").required(),
      text("name", "name", "What people read.").required(),
      one(Names::provider, "provider_name", "provider", "The provider by which people sign on to it."),
      several(Names::provider, "backchannel_provider_names", "backchannel_providers",
              "Further providers: LDAP beside OIDC."),
      text("group", "group", "The heading in the portal under which it stands."),
      text("launch_url", "meta_launch_url", "Where the portal leads to."),
      flag("open_in_new_tab", "open_in_new_tab", "Whether the portal opens it in a tab of its own."),
      text("icon", "meta_icon", "The address of its icon, or `fa://fa-…`.").from({2025, 12}),
      text("description", "meta_description", "What the portal says of it."),
      text("publisher", "meta_publisher", "Who made it."),
      choice("policy_engine_mode", "policy_engine_mode", {"any", "all"},
             "Whether one of its bindings lets somebody in, or all of them must.")
          .falls_back("any"),
      flag("hide", "meta_hide", "Whether the portal leaves it out.").from({2026, 5}),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
