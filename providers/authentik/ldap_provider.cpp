#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model ldap_provider_model() {
  Model model;
  model.type = "authentik_ldap_provider";
  model.noun = "LDAP provider";
  model.blueprint = "authentik_providers_ldap.ldapprovider";
  model.doc = "Sign-on by LDAP, through an outpost of the type `ldap`.";
  model.path = "/providers/ldap/";
  model.key = {"name"};
  model.lookup = "name__iexact";
  model.names = Names::provider;
  model.attributes = {
      text("name", "name", "Its name.").required(),
      text("base_dn", "base_dn", "Below which users and groups stand; each provider has its own.").required(),
      choice("bind_mode", "bind_mode", {"cached", "direct"},
             "Whether a login is remembered until its session ends, or runs its flow each time.")
          .falls_back("cached"),
      choice("search_mode", "search_mode", {"cached", "direct"}, "Whether searches are answered from memory.")
          .falls_back("cached"),
      flag("mfa_support", "mfa_support", "Whether a code may be written behind the password: `password;123456`."),
      one(Names::certificate, "certificate", "certificate", "The certificate for LDAPS and StartTLS, by its name."),
      text("tls_server_name", "tls_server_name", "The name that the certificate must speak for."),
      number("uid_start_number", "uid_start_number", "Where the numbers of users begin."),
      number("gid_start_number", "gid_start_number", "Where the numbers of groups begin."),
      given(Type::simple(Type::Tag::integer), "id", "pk", "Its primary key."),
  };
  auto flows = provider_flows("default-authentication-flow", "default-invalidation-flow");
  std::move(flows.begin(), flows.end(), std::back_inserter(model.attributes));
  return model;
}

}  // namespace nmx::authentik
