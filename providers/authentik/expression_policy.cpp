#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model expression_policy_model() {
  Model model;
  model.type = "authentik_expression_policy";
  model.noun = "expression policy";
  model.blueprint = "authentik_policies_expression.expressionpolicy";
  model.doc = "A rule in Python that lets somebody through or not.";
  model.path = "/policies/expression/";
  model.key = {"name"};
  model.lookup = "name";
  model.names = Names::policy;
  model.attributes = {
      text("name", "name", "Its name.").required(),
      text("expression", "expression", "Python that returns whether somebody may.").required(),
      flag("execution_logging", "execution_logging", "Whether each run is logged."),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
