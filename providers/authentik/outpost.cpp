#include "providers/authentik/model.hpp"

#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

void check_outpost(const Checking& checking, Diagnostics& diagnostics) {
  const auto& wanted = checking.change.after;
  const bool embedded = Fields(wanted).text_or("name", "") == embedded_outpost;
  if (embedded && Fields(wanted).text_or("type", "") != "proxy")
    diagnostics.error(Code::bad_option, checking.place("type"), "the embedded outpost is always of the type `proxy`")
        .with_help("give an outpost of your own another `name`");
  if (embedded && wanted.contains("token"))
    diagnostics.error(Code::bad_option, checking.place("token"), "the embedded outpost needs no `token`")
        .with_help("give an outpost of your own another `name`");
  if (!embedded && elements(wanted.at_or_null("providers")).empty())
    diagnostics
        .error(Code::bad_option, checking.place("providers"), "an outpost without `providers` is refused by Authentik")
        .with_help("name a provider, or take the block out");
}

Attribute config(Attribute attribute) {
  attribute.form = Attribute::Form::config;
  return attribute;
}

}  // namespace

Model outpost_model() {
  Model model;
  model.type = "authentik_outpost";
  model.noun = "outpost";
  model.blueprint = "authentik_outposts.outpost";
  model.doc =
      "Stands between people and applications, or answers LDAP. The embedded one runs within Authentik and is shared: "
      "nmx adds its providers, takes out only those that it added, and leaves all others.";
  model.path = "/outposts/instances/";
  model.key = {"name"};
  model.lookup = "name__iexact";
  model.check = check_outpost;
  model.attributes = {
      text("name", "name", "Its name; left out: the embedded one.").falls_back(embedded_outpost).forces(),
      choice("type", "type", {"proxy", "ldap", "radius", "rac"}, "What it does.")
          .falls_back("proxy")
          .carried_always()
          .forces(),
      several(Names::provider, "providers", "providers", "What it serves, by the names of providers.").required(),
      config(text("host", "authentik_host",
                  "The address under which people reach Authentik; they are led there to log in.")),
      config(text("browser_host", "authentik_host_browser",
                  "The same where the outpost itself reaches Authentik under another address.")),
      config(choice("log_level", "log_level", {"trace", "debug", "info", "warning", "error"}, "How much it logs.")),
      write_only("token",
                 "The token by which an outpost of your own logs in at Authentik (`AUTHENTIK_TOKEN`). Chosen here, it "
                 "is known before the outpost exists."),
      given(Type::simple(Type::Tag::string), "uuid", "pk", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
