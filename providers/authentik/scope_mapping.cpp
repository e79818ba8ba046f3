#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model scope_mapping_model() {
  Model model;
  model.type = "authentik_scope_mapping";
  model.noun = "scope mapping";
  model.blueprint = "authentik_providers_oauth2.scopemapping";
  model.doc = "What an application learns of somebody when it asks for a scope.";
  model.path = "/propertymappings/provider/scope/";
  model.key = {"name"};
  model.lookup = "name";
  model.names = Names::mapping;
  model.attributes = {
      text("name", "name", "Its name.").required(),
      text("scope_name", "scope_name", "What applications ask for.").required(),
      text("expression", "expression", "Python that returns the claims as a dictionary.").required(),
      text("description", "description", "What people read when they are asked for consent."),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
