#include "providers/authentik/model.hpp"

#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

void check_proxy(const Checking& checking, Diagnostics& diagnostics) {
  const Fields wanted(checking.change.after);
  const auto mode = wanted.text_or("mode", "");
  if (mode == "proxy" && wanted.text_or("internal_host", "").empty())
    diagnostics.error(Code::bad_option, checking.place("mode"), "a provider with `mode = proxy` needs `internal_host`")
        .with_help("write where it passes requests on to, or take `mode = forward_single`");
  if (mode == "forward_domain" && wanted.text_or("cookie_domain", "").empty())
    diagnostics
        .error(Code::bad_option, checking.place("mode"),
               "a provider with `mode = forward_domain` needs `cookie_domain`")
        .with_help("write the domain whose names it covers: `cookie_domain = \"example.com\"`");
  const bool both = !wanted.text_or("basic_auth_user_attribute", "").empty() &&
                    !wanted.text_or("basic_auth_password_attribute", "").empty();
  if (wanted.boolean_or("basic_auth_enabled", false) && !both)
    diagnostics.error(Code::bad_option, checking.place("basic_auth_enabled"),
                      "`basic_auth_enabled` needs `basic_auth_user_attribute` and `basic_auth_password_attribute`");
}

}  // namespace

Model proxy_provider_model() {
  Model model;
  model.type = "authentik_proxy_provider";
  model.noun = "proxy provider";
  model.blueprint = "authentik_providers_proxy.proxyprovider";
  model.doc = "Sign-on in front of something that knows no sign-on, by an outpost (forward auth).";
  model.path = "/providers/proxy/";
  model.key = {"name"};
  model.lookup = "name__iexact";
  model.names = Names::provider;
  model.check = check_proxy;
  auto paths = set_of_texts("skip_path_regex", "skip_path_regex",
                            "Paths that need no login, as regular expressions; with `forward_domain` they are held "
                            "against whole addresses. Such requests get no identity headers.");
  paths.form = Attribute::Form::lines;
  auto mappings =
      several(Names::mapping, "property_mappings", "property_mappings",
              "Scope mappings beyond `openid`, `email`, `profile` and `proxy`, which the server always adds.");
  mappings.form = Attribute::Form::extra;
  model.attributes = {
      text("name", "name", "Its name.").required(),
      choice(
          "mode", "mode", {"forward_single", "forward_domain", "proxy"},
          "`forward_single`: one address, asked for by your proxy; `forward_domain`: all names of a domain under one "
          "rule; `proxy`: the outpost passes requests on itself.")
          .falls_back("forward_single")
          .carried_always(),
      text("external_host", "external_host",
           "The address under which people reach it; with `forward_domain` that of Authentik.")
          .required(),
      text("internal_host", "internal_host", "With `proxy`: where requests are passed on to.").carried_always(),
      flag("internal_host_ssl_validation", "internal_host_ssl_validation",
           "Whether the certificate of `internal_host` is verified."),
      text("cookie_domain", "cookie_domain", "With `forward_domain`: the domain that is covered."),
      std::move(paths),
      flag("intercept_header_auth", "intercept_header_auth",
           "Whether a token in the header `Authorization` is taken as a login."),
      flag("basic_auth_enabled", "basic_auth_enabled", "Whether a basic login is sent to what stands behind.")
          .carried_always(),
      text("basic_auth_user_attribute", "basic_auth_user_attribute", "The user's attribute that holds its name.")
          .carried_always(),
      text("basic_auth_password_attribute", "basic_auth_password_attribute",
           "The user's attribute that holds its password.")
          .carried_always(),
      std::move(mappings),
      one(Names::certificate, "certificate", "certificate", "The certificate that the outpost shows, by its name."),
      validity("access_token_validity", "access_token_validity", "How long a login lasts."),
      validity("refresh_token_validity", "refresh_token_validity", "How long it can be made longer."),
      given(Type::simple(Type::Tag::integer), "id", "pk", "Its primary key."),
      given(Type::simple(Type::Tag::string), "client_id", "client_id", "The client id that the server chose."),
  };
  auto flows = provider_flows("default-provider-authorization-implicit-consent", "default-provider-invalidation-flow");
  std::move(flows.begin(), flows.end(), std::back_inserter(model.attributes));
  return model;
}

}  // namespace nmx::authentik
