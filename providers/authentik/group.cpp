#include "providers/authentik/model.hpp"

#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

constexpr Release has_several_parents{2025, 12};

void check_group(const Checking& checking, Diagnostics& diagnostics) {
  const auto release = parse_release(Fields(checking.facts).text_or("release", ""));
  const bool several = elements(checking.change.after.at_or_null("parents")).size() > 1;
  if (!release || *release >= has_several_parents || !several) return;
  diagnostics
      .error(Code::bad_option, checking.place("parents"),
             "more than one of `parents` needs Authentik " + to_string(has_several_parents))
      .note("this server is " + to_string(*release));
}

}  // namespace

Model group_model() {
  Model model;
  model.type = "authentik_group";
  model.noun = "group";
  model.blueprint = "authentik_core.group";
  model.doc = "A group of people.";
  model.path = "/core/groups/";
  model.key = {"name"};
  model.lookup = "name";
  model.names = Names::group;
  model.marked = true;
  model.check = check_group;
  model.attributes = {
      text("name", "name", "Its name.").required(),
      several(Names::group, "parents", "parents", "The groups whose members its members are too, by their names."),
      several(Names::user, "users", "users",
              "Who belongs to it, by user names, and nobody else. Left out: not nmx's business; a user can say its "
              "`groups` instead.")
          .seen_from_two_sides(),
      flag("superuser", "is_superuser", "Whether its members may do everything in Authentik."),
      own_keys(),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
