#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model user_model() {
  Model model;
  model.type = "authentik_user";
  model.noun = "user";
  model.blueprint = "authentik_core.user";
  model.doc = "A person, or an account for a program.";
  model.path = "/core/users/";
  model.key = {"username"};
  model.lookup = "username";
  model.names = Names::user;
  model.marked = true;
  model.attributes = {
      text("username", "username", "The name to log in with.").required(),
      text("name", "name", "What others read; left out: the user name."),
      text("email", "email", "The address for mail."),
      several(Names::group, "groups", "groups", "The groups it belongs to, by their names, and no other.")
          .seen_from_two_sides(),
      flag("active", "is_active", "Whether it may log in."),
      choice("type", "type", {"internal", "external", "service_account"}, "What it is.").falls_back("internal"),
      text("path", "path", "The folder in the list of users."),
      write_only("password", "Its first password. Authentik never tells it; when it is written anew it is set anew."),
      own_keys(),
      given(Type::simple(Type::Tag::integer), "id", "pk", "Its primary key."),
      given(Type::simple(Type::Tag::string), "uuid", "uuid", "Its UUID."),
  };
  return model;
}

}  // namespace nmx::authentik
