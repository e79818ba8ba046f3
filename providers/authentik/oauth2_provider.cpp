#include "providers/authentik/model.hpp"

#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

constexpr Release has_grant_types{2026, 5};

Type redirect_type() {
  const auto text = Type::simple(Type::Tag::string);
  return Type::one_of({text, Type::object_of({{"url", text, false, {}},
                                              {"matching", Type::enumeration_of({"strict", "regex"}), true, {}},
                                              {"use", Type::enumeration_of({"authorization", "logout"}), true, {}}})});
}

void check_oauth2(const Checking& checking, Diagnostics& diagnostics) {
  const auto release = parse_release(Fields(checking.facts).text_or("release", ""));
  const auto& wanted = checking.change.after;
  if (release && *release < has_grant_types) {
    for (const auto& uri : elements(wanted.at_or_null("redirect_uris"))) {
      if (Fields(uri).text_or("use", "") != "logout") continue;
      diagnostics
          .error(Code::bad_option, checking.place("redirect_uris"),
                 "redirect addresses for logging out need Authentik " + to_string(has_grant_types))
          .note("this server is " + to_string(*release));
      break;
    }
  }
  if (elements(wanted.at_or_null("redirect_uris")).empty() && wanted.contains("redirect_uris"))
    diagnostics
        .warning(Code::bad_option, checking.place("redirect_uris"),
                 "without `redirect_uris` Authentik keeps the first address that anybody comes from")
        .with_help("write the address to which the application lets its users come back");
}

}  // namespace

Model oauth2_provider_model() {
  Model model;
  model.type = "authentik_oauth2_provider";
  model.noun = "OAuth2 provider";
  model.blueprint = "authentik_providers_oauth2.oauth2provider";
  model.doc = "Sign-on by OAuth2 and OpenID Connect.";
  model.path = "/providers/oauth2/";
  model.key = {"name"};
  model.lookup = "name";
  model.names = Names::provider;
  model.check = check_oauth2;
  auto redirects = set_of_texts("redirect_uris", "redirect_uris",
                                "Where a login may lead back to: addresses, or objects of `url`, `matching` (`strict` "
                                "or `regex`) and `use` (`authorization` or `logout`).");
  redirects.interface.type = Type::list_of(redirect_type());
  redirects.form = Attribute::Form::redirects;
  auto secret = text("client_secret", "client_secret", "The client secret; left out: nmx chooses one.").decided();
  secret.interface.type = Type::secret_of(Type::simple(Type::Tag::string));
  auto grants = set_of_texts("grant_types", "grant_types", "The ways in which it may come to tokens.");
  grants.interface.type = Type::list_of(Type::enumeration_of(
      {"authorization_code", "implicit", "hybrid", "refresh_token", "client_credentials", "password",
       "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"}));
  model.attributes = {
      text("name", "name", "Its name.").required(),
      choice("client_type", "client_type", {"confidential", "public"},
             "`public`: the client cannot keep a secret, as an app on a phone.")
          .falls_back("confidential"),
      text("client_id", "client_id", "The client id; left out: nmx chooses one.").decided(),
      std::move(secret),
      std::move(redirects).required(),
      std::move(grants).falls_back(List{"authorization_code", "refresh_token"}).from(has_grant_types),
      several(
          Names::mapping, "property_mappings", "property_mappings",
          "What may be asked for: `openid`, `email`, `profile`, `offline_access`, `entitlements`, or names of scope "
          "mappings.")
          .falls_back(List{"email", "openid", "profile"}),
      one(Names::certificate, "signing_key", "signing_key",
          "The key that signs tokens, by its name. With `\"\"` they are signed by the client secret, which many "
          "applications do not take.")
          .falls_back("authentik Self-signed Certificate"),
      one(Names::certificate, "encryption_key", "encryption_key", "The key that encrypts tokens, by its name."),
      choice("sub_mode", "sub_mode",
             {"hashed_user_id", "user_id", "user_uuid", "user_username", "user_email", "user_upn"},
             "By what an application tells users apart."),
      choice("issuer_mode", "issuer_mode", {"per_provider", "global"}, "Whether each application has its own issuer."),
      flag("include_claims_in_id_token", "include_claims_in_id_token",
           "Whether the id token says what else must be asked for."),
      validity("access_code_validity", "access_code_validity", "How long a code can be exchanged."),
      validity("access_token_validity", "access_token_validity", "How long an access token lasts."),
      validity("refresh_token_validity", "refresh_token_validity", "How long a refresh token lasts."),
      text("logout_uri", "logout_uri", "Whom Authentik tells when somebody logs out."),
      choice("logout_method", "logout_method", {"backchannel", "frontchannel"}, "How it tells."),
      given(Type::simple(Type::Tag::integer), "id", "pk", "Its primary key."),
  };
  auto flows = provider_flows("default-provider-authorization-implicit-consent", "default-provider-invalidation-flow");
  std::move(flows.begin(), flows.end(), std::back_inserter(model.attributes));
  return model;
}

}  // namespace nmx::authentik
