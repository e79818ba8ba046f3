#include "providers/authentik/model.hpp"

namespace nmx::authentik {
namespace {

void check_binding(const Checking& checking, Diagnostics& diagnostics) {
  int bound = 0;
  for (const char* name : {"group", "user", "policy"}) bound += checking.change.after.contains(name) ? 1 : 0;
  if (bound == 1) return;
  diagnostics
      .error(Code::bad_option, checking.block,
             bound == 0 ? "a binding names neither `group` nor `user` nor `policy`"
                        : "a binding names more than one of `group`, `user` and `policy`")
      .with_help("write one of them; several bindings of an application stand side by side");
}

}  // namespace

Model policy_binding_model() {
  Model model;
  model.type = "authentik_policy_binding";
  model.noun = "binding";
  model.blueprint = "authentik_policies.policybinding";
  model.doc = "Who may use an application. An application without a binding is open to everybody who can log in.";
  model.path = "/policies/bindings/";
  model.key = {"application", "group", "user", "policy"};
  model.lookup = "target";
  model.check = check_binding;
  model.attributes = {
      one(Names::target, "application", "target", "The application, by its slug.").required().forces(),
      one(Names::group, "group", "group", "Its members may.").forces(),
      one(Names::user, "user", "user", "This user may.").forces(),
      one(Names::policy, "policy", "policy", "Whom this policy lets, by its name.").forces(),
      number("order", "order", "Bindings are asked by rising order.").falls_back(0),
      flag("negate", "negate", "Whether the answer is turned around.").falls_back(false),
      flag("enabled", "enabled", "Whether it counts.").falls_back(true),
      number("timeout", "timeout", "After how many seconds a policy has failed.").falls_back(30),
      flag("failure_result", "failure_result", "Whether a policy that fails lets in.").falls_back(false),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
