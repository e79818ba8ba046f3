#include <set>

#include "tests/providers/contract/authentik_world.hpp"
#include "tests/providers/contract/worlds.hpp"

namespace nmx::test {
namespace {

Object redirect(const char* url, const char* matching) { return Object{{"url", url}, {"matching", matching}}; }

}  // namespace

std::vector<Scenario> authentik_scenarios() {
  const auto world = [](std::string type) { return [type] { return std::make_unique<AuthentikWorld>(type); }; };
  const auto scenario = [&](std::string type, Object example, std::vector<std::pair<std::string, Value>> changes,
                            std::pair<std::string, Value> replacement = {},
                            std::pair<std::string, std::string> secret = {}) {
    return Scenario{
        type, world(type), std::move(example), std::move(changes), std::move(replacement), std::move(secret)};
  };
  return {
      scenario("authentik_application", {{"slug", "tv"}, {"name", "Television"}},
               {{"name", "TV"},
                {"provider_name", "films"},
                {"provider_name", ""},
                {"backchannel_provider_names", List{"films"}},
                {"backchannel_provider_names", List{}},
                {"group", "Media"},
                {"launch_url", "https://tv.example.com"},
                {"open_in_new_tab", true},
                {"icon", "fa://fa-tv"},
                {"description", "Series"},
                {"publisher", "somebody"},
                {"policy_engine_mode", "all"},
                {"hide", true},
                {"slug", "television"}}),
      scenario("authentik_proxy_provider", {{"name", "tv"}, {"external_host", "https://tv.example.com"}},
               {{"external_host", "https://television.example.com"},
                {"skip_path_regex", List{"^/ping$", "^/api/"}},
                {"skip_path_regex", List{}},
                {"intercept_header_auth", false},
                {"basic_auth_user_attribute", "app_user"},
                {"basic_auth_password_attribute", "app_password"},
                {"basic_auth_enabled", true},
                {"access_token_validity", Duration{5'400'000}},
                {"refresh_token_validity", Duration{604'800'000}},
                {"property_mappings", List{"offline_access", "openid"}},
                {"certificate", "authentik Self-signed Certificate"},
                {"certificate", ""},
                {"authorization_flow", "default-provider-authorization-explicit-consent"},
                {"authentication_flow", "default-authentication-flow"},
                {"cookie_domain", "example.com"},
                {"mode", "forward_domain"},
                {"internal_host", "http://10.0.0.5:8989"},
                {"internal_host_ssl_validation", false},
                {"mode", "proxy"},
                {"name", "television"}}),
      scenario("authentik_oauth2_provider",
               {{"name", "grafana"}, {"redirect_uris", List{"https://grafana.example.com/login/generic_oauth"}}},
               {{"redirect_uris", List{redirect("https://.*\\.example\\.com/", "regex"), "https://b.example.com/"}},
                {"redirect_uris", List{Object{{"url", "https://b.example.com/out"}, {"use", "logout"}}}},
                {"client_type", "public"},
                {"client_id", "grafana"},
                {"grant_types", List{"refresh_token", "client_credentials", "authorization_code"}},
                {"property_mappings", List{"openid", "authentik default OAuth Mapping: OpenID 'offline_access'"}},
                {"signing_key", ""},
                {"signing_key", "authentik Internal JWT Certificate"},
                {"encryption_key", "authentik Self-signed Certificate"},
                {"sub_mode", "user_email"},
                {"issuer_mode", "global"},
                {"include_claims_in_id_token", false},
                {"access_code_validity", Duration{120'000}},
                {"access_token_validity", Duration{3'600'000}},
                {"refresh_token_validity", Duration{864'000'000}},
                {"logout_uri", "https://b.example.com/logout"},
                {"logout_method", "frontchannel"},
                {"invalidation_flow", "default-invalidation-flow"}},
               {}, {"client_secret", "hunter2-canary"}),
      scenario("authentik_ldap_provider", {{"name", "ldap"}, {"base_dn", "DC=home,DC=example,DC=com"}},
               {{"base_dn", "DC=example,DC=com"},
                {"bind_mode", "direct"},
                {"search_mode", "direct"},
                {"mfa_support", false},
                {"certificate", "authentik Self-signed Certificate"},
                {"tls_server_name", "ldap.example.com"},
                {"uid_start_number", 3000},
                {"gid_start_number", 5000}}),
      scenario("authentik_group", {{"name", "admins"}},
               {{"name", "operators"},
                {"parents", List{"family"}},
                {"parents", List{"friends", "family"}},
                {"parents", List{}},
                {"users", List{"bob", "ada"}},
                {"users", List{}},
                {"superuser", true},
                {"attributes", Object{{"quota", "5 GB"}}},
                {"attributes", Object{}}}),
      scenario("authentik_user", {{"username", "eve"}},
               {{"name", "Eve"},
                {"email", "eve@example.com"},
                {"groups", List{"friends", "family"}},
                {"groups", List{}},
                {"active", false},
                {"type", "external"},
                {"path", "goauthentik.io/guests"},
                {"attributes", Object{{"settings", Object{{"locale", "de"}}}}},
                {"username", "evelyn"}},
               {}, {"password", "hunter2-canary"}),
      scenario("authentik_policy_binding", {{"application", "films"}, {"group", "family"}},
               {{"order", 10}, {"negate", true}, {"enabled", false}, {"timeout", 5}, {"failure_result", true}},
               {"application", "music"}),
      scenario(
          "authentik_outpost", {{"name", "ldap"}, {"providers", List{"films"}}},
          {{"host", "https://auth.example.com"}, {"browser_host", "https://a.example.com"}, {"log_level", "debug"}},
          {"name", "ldap2"}, {"token", "hunter2-canary"}),
      scenario("authentik_expression_policy", {{"name", "at home"}, {"expression", "return True"}},
               {{"expression", "return False"}, {"execution_logging", true}, {"name", "at work"}}),
      scenario(
          "authentik_scope_mapping",
          {{"name", "quota"}, {"scope_name", "quota"}, {"expression", "return {\"quota\": 5}"}},
          {{"scope_name", "limits"}, {"expression", "return {}"}, {"description", "how much"}, {"name", "limits"}}),
      scenario("authentik_brand", {{"domain", "auth.example.com"}},
               {{"title", "Home"},
                {"logo", "/media/logo.svg"},
                {"favicon", "/media/icon.png"},
                {"custom_css", "body {}"},
                {"background", "/media/background.jpg"},
                {"authentication_flow", "default-authentication-flow"},
                {"invalidation_flow", "default-invalidation-flow"},
                {"recovery_flow", "default-invalidation-flow"},
                {"recovery_flow", ""},
                {"unenrollment_flow", "default-invalidation-flow"},
                {"user_settings_flow", "default-user-settings-flow"},
                {"device_code_flow", "default-authentication-flow"},
                {"default_application", "films"},
                {"web_certificate", "authentik Self-signed Certificate"},
                {"attributes", Object{{"settings", Object{{"locale", "de"}}}}},
                {"domain", "example.com"}}),
      scenario("authentik_blueprint", {{"name", "mine"}, {"content", "version: 1\nentries: []\n"}},
               {{"content", "version: 1\nmetadata: {}\nentries: []\n"}, {"enabled", false}, {"name", "ours"}}),
  };
}

std::vector<Scenario> oldest_authentik_scenarios() {
  static const std::set<std::string> differ = {"authentik_application", "authentik_oauth2_provider", "authentik_group",
                                               "authentik_user",        "authentik_policy_binding",  "authentik_brand"};
  static const std::set<std::string> too_new = {"icon", "hide", "grant_types"};
  std::vector<Scenario> kept;
  for (auto& scenario : authentik_scenarios()) {
    if (!differ.contains(scenario.type)) continue;
    scenario.world = [type = scenario.type] { return std::make_unique<AuthentikWorld>(type, "2025.10"); };
    std::erase_if(scenario.changes, [&](const auto& change) {
      const auto& [name, value] = change;
      const bool several_parents = name == "parents" && value.list()->size() > 1;
      return too_new.contains(name) || several_parents || display(value, 200).find("logout\"") != std::string::npos;
    });
    kept.push_back(std::move(scenario));
  }
  return kept;
}

}  // namespace nmx::test
