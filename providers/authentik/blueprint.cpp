#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model blueprint_model() {
  Model model;
  model.type = "authentik_blueprint";
  model.noun = "blueprint";
  model.blueprint = "authentik_blueprints.blueprintinstance";
  model.doc =
      "A blueprint that Authentik applies, and again each hour: for what has no type of its own, as flows and stages. "
      "What it made stays when it goes.";
  model.path = "/managed/blueprints/";
  model.key = {"name"};
  model.lookup = "name";
  model.attributes = {
      text("name", "name", "Its name.").required(),
      text("content", "content", "The blueprint, in YAML.").required(),
      flag("enabled", "enabled", "Whether it is applied each hour.").falls_back(true),
      given(Type::simple(Type::Tag::string), "status", "status", "How it went when it was last applied."),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
