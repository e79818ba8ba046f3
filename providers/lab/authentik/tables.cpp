#include <algorithm>
#include <stdexcept>

#include "providers/lab/authentik/field.hpp"

namespace nmx::lab::authentik {
namespace {

Field text(std::string name) { return {std::move(name), Takes::text}; }
Field flag(std::string name, bool value) { return {.name = std::move(name), .takes = Takes::flag, .fallback = value}; }
Field number(std::string name) { return {std::move(name), Takes::number}; }
Field object(std::string name) { return {.name = std::move(name), .takes = Takes::object, .fallback = Json::object()}; }
Field member(std::string name, std::vector<std::string> members) {
  return {.name = std::move(name), .takes = Takes::member, .members = std::move(members)};
}
/// The flow, certificate or other thing that it refers to.
Field one(std::string name, std::string of) {
  return {.name = std::move(name), .takes = Takes::uuid, .of = std::move(of)};
}
Field several(std::string name, std::string of) {
  return {.name = std::move(name), .takes = Takes::uuids, .fallback = Json::array(), .of = std::move(of)};
}
Field providers(std::string name) {
  return {.name = std::move(name), .takes = Takes::numbers, .fallback = Json::array(), .of = "providers"};
}
Field shown(std::string name) { return {.name = std::move(name), .read_only = true}; }
Field duration(std::string name, const char* value) {
  return {.name = std::move(name), .takes = Takes::text, .filled = true, .fallback = value};
}

std::vector<Field> joined(std::vector<Field> first, std::vector<Field> more) {
  std::move(more.begin(), more.end(), std::back_inserter(first));
  return first;
}

/// What all providers have.
std::vector<Field> provider_fields() {
  auto fields = std::vector<Field>{
      text("name").needed(),
      one("authentication_flow", "flows").or_null(),
      one("authorization_flow", "flows").needed(),
      one("invalidation_flow", "flows").needed(),
      several("property_mappings", "mappings"),
  };
  for (const char* name : {"component", "assigned_application_slug", "assigned_application_name", "verbose_name",
                           "meta_model_name", "assigned_backchannel_application_slug"})
    fields.push_back(shown(name));
  return fields;
}

Collection applications() {
  return {.name = "applications",
          .path = "/core/applications/",
          .place = "slug",
          .unique = {"slug"},
          .noun = "Application",
          .fields = {text("name").needed(),
                     {.name = "slug", .takes = Takes::slug, .required = true, .filled = true},
                     Field{.name = "provider", .takes = Takes::number, .nullable = true, .of = "providers"},
                     providers("backchannel_providers"),
                     flag("open_in_new_tab", false),
                     Field{.name = "meta_launch_url", .takes = Takes::address, .fallback = ""},
                     text("meta_icon").starts_as("").from(202512),
                     text("meta_description").starts_as(""),
                     text("meta_publisher").starts_as(""),
                     member("policy_engine_mode", {"all", "any"}).starts_as("any"),
                     text("group").starts_as(""),
                     flag("meta_hide", false).from(202605),
                     shown("pbm_uuid").from(202608),
                     shown("launch_url"),
                     shown("provider_obj"),
                     shown("backchannel_providers_obj")}};
}

Collection proxy_providers() {
  return {.name = "proxy_providers",
          .path = "/providers/proxy/",
          .numbered = true,
          .noun = "ProxyProvider",
          .fields = joined(
              provider_fields(),
              {Field{.name = "internal_host", .takes = Takes::address, .fallback = ""},
               Field{.name = "external_host", .takes = Takes::address}.needed(),
               flag("internal_host_ssl_validation", true), one("certificate", "certificates").or_null(),
               text("skip_path_regex").starts_as(""), flag("basic_auth_enabled", false),
               text("basic_auth_password_attribute").starts_as(""), text("basic_auth_user_attribute").starts_as(""),
               member("mode", {"proxy", "forward_single", "forward_domain"}).starts_as("proxy"),
               flag("intercept_header_auth", true), text("cookie_domain").starts_as(""),
               several("jwt_federation_sources", ""), providers("jwt_federation_providers"),
               duration("access_token_validity", "hours=24"), duration("refresh_token_validity", "days=30"),
               shown("client_id"), shown("redirect_uris"), shown("outpost_set")})};
}

Collection oauth2_providers() {
  return {.name = "oauth2_providers",
          .path = "/providers/oauth2/",
          .numbered = true,
          .noun = "OAuth2Provider",
          .fields = joined(
              provider_fields(),
              {member("client_type", {"confidential", "public"}).starts_as("confidential"),
               Field{.name = "grant_types",
                     .takes = Takes::members,
                     .members = {"authorization_code", "implicit", "hybrid", "refresh_token", "client_credentials",
                                 "password", "urn:ietf:params:oauth:grant-type:device_code",
                                 "urn:ietf:params:oauth:grant-type:token-exchange"},
                     .fallback = Json::array()}
                   .from(202605),
               Field{.name = "client_id", .filled = true, .longest = 255}, text("client_secret").at_most(255),
               duration("access_code_validity", "minutes=1"), duration("access_token_validity", "minutes=5"),
               duration("refresh_token_validity", "days=30"), duration("refresh_token_threshold", "hours=1"),
               flag("include_claims_in_id_token", true), one("signing_key", "certificates").or_null(),
               one("encryption_key", "certificates").or_null(),
               Field{.name = "redirect_uris", .takes = Takes::redirects, .required = true},
               Field{.name = "logout_uri", .takes = Takes::address, .fallback = ""},
               member("logout_method", {"backchannel", "frontchannel"}).starts_as("backchannel"),
               member("sub_mode", {"hashed_user_id", "user_id", "user_uuid", "user_username", "user_email", "user_upn"})
                   .starts_as("hashed_user_id"),
               member("issuer_mode", {"global", "per_provider"}).starts_as("per_provider"),
               several("jwt_federation_sources", ""), providers("jwt_federation_providers")})};
}

Collection ldap_providers() {
  return {.name = "ldap_providers",
          .path = "/providers/ldap/",
          .numbered = true,
          .noun = "LDAPProvider",
          .fields = joined(provider_fields(),
                           {Field{.name = "base_dn", .filled = true, .fallback = "DC=ldap,DC=goauthentik,DC=io"},
                            one("certificate", "certificates").or_null(), text("tls_server_name").starts_as(""),
                            number("uid_start_number").starts_as(2000), number("gid_start_number").starts_as(4000),
                            member("search_mode", {"direct", "cached"}).starts_as("direct"),
                            member("bind_mode", {"direct", "cached"}).starts_as("direct"), flag("mfa_support", true),
                            shown("outpost_set")})};
}

Collection groups() {
  auto users = Field{.name = "users", .takes = Takes::numbers, .fallback = Json::array(), .of = "users"};
  return {.name = "groups",
          .path = "/core/groups/",
          .unique = {"name"},
          .noun = "Group",
          .fields = {text("name").needed(), flag("is_superuser", false),
                     one("parent", "groups").or_null().before(202512), several("parents", "groups").from(202512),
                     std::move(users), object("attributes"), several("roles", ""), shown("num_pk"),
                     shown("parents_obj"), shown("users_obj"), several("children", "groups").before(202512)}};
}

Collection users() {
  return {
      .name = "users",
      .path = "/core/users/",
      .numbered = true,
      .unique = {"username"},
      .noun = "User",
      .fields = {
          text("username").needed().at_most(150), Field{.name = "name", .required = true}, flag("is_active", true),
          text("last_login").or_null(), several("groups", "groups"), several("roles", "").from(202512),
          Field{.name = "email", .takes = Takes::mail, .fallback = "", .longest = 254}, object("attributes"),
          Field{.name = "path", .filled = true, .fallback = "users"},
          member("type", {"internal", "external", "service_account", "internal_service_account"}).starts_as("internal"),
          shown("uuid"), shown("uid"), shown("is_superuser"), shown("groups_obj"), shown("date_joined")}};
}

Collection bindings() {
  return {.name = "bindings",
          .path = "/policies/bindings/",
          .noun = "PolicyBinding",
          .fields = {one("policy", "policies").or_null(), one("group", "groups").or_null(),
                     Field{.name = "user", .takes = Takes::number, .nullable = true, .of = "users"},
                     one("target", "targets").needed(), flag("negate", false), flag("enabled", true),
                     Field{.name = "order", .takes = Takes::number, .required = true}, number("timeout").starts_as(30),
                     flag("failure_result", false), shown("expiring").from(202608), shown("policy_obj"),
                     shown("group_obj"), shown("user_obj")}};
}

Collection outposts() {
  return {
      .name = "outposts",
      .path = "/outposts/instances/",
      .unique = {"name"},
      .noun = "Outpost",
      .fields = {
          text("name").needed(),
          Field{
              .name = "type", .takes = Takes::member, .required = true, .members = {"proxy", "ldap", "radius", "rac"}},
          [] {
            auto field = providers("providers");
            field.required = true;
            return field;
          }(),
          one("service_connection", "").or_null(),
          [] {
            auto field = object("config");
            field.required = true;
            return field;
          }(),
          Field{.name = "managed", .nullable = true, .filled = true}, shown("providers_obj"), shown("token_identifier"),
          shown("refresh_interval_s")}};
}

Collection policies() {
  return {.name = "policies",
          .path = "/policies/expression/",
          .unique = {"name"},
          .noun = "ExpressionPolicy",
          .fields = {text("name").needed(), flag("execution_logging", false), text("expression").needed(),
                     shown("component"), shown("bound_to")}};
}

Collection mappings() {
  return {.name = "mappings",
          .path = "/propertymappings/provider/scope/",
          .unique = {"name"},
          .noun = "ScopeMapping",
          .fields = {Field{.name = "managed", .nullable = true, .filled = true}, text("name").needed(),
                     text("expression").needed(), text("scope_name").needed(), text("description").starts_as(""),
                     shown("component")}};
}

Collection brands() {
  Collection brands{
      .name = "brands",
      .path = "/core/brands/",
      .place = "brand_uuid",
      .key = "brand_uuid",
      .unique = {"domain"},
      .noun = "Brand",
      .fields = {
          text("domain").needed(), flag("default", false),
          Field{.name = "branding_title", .filled = true, .fallback = "authentik"},
          Field{.name = "branding_logo", .filled = true, .fallback = "/static/dist/logo.svg"},
          Field{.name = "branding_favicon", .filled = true, .fallback = "/static/dist/icon.png"},
          text("branding_custom_css").starts_as(""),
          Field{.name = "branding_default_flow_background", .filled = true, .fallback = "/static/dist/background.jpg"},
          text("branding_map_tiles").starts_as("").from(202608), one("default_application", "applications").or_null(),
          one("web_certificate", "certificates").or_null(), several("client_certificates", "certificates"),
          object("attributes")}};
  for (const char* flow :
       {"authentication", "invalidation", "recovery", "unenrollment", "user_settings", "device_code"})
    brands.fields.push_back(one(std::string("flow_") + flow, "flows").or_null());
  return brands;
}

Collection blueprints() {
  return {
      .name = "blueprints",
      .path = "/managed/blueprints/",
      .unique = {"name"},
      .noun = "BlueprintInstance",
      .fields = {text("name").needed(), text("path").starts_as(""), object("context"), flag("enabled", true),
                 text("content").starts_as(""), shown("status"), shown("last_applied"), shown("last_applied_hash")}};
}

Collection listed(std::string name, std::string path, std::string place, std::string noun) {
  Collection made;
  made.name = std::move(name);
  made.path = std::move(path);
  made.place = std::move(place);
  made.noun = std::move(noun);
  made.listed_only = true;
  return made;
}

}  // namespace

const Field* Collection::find(const std::string& field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& any) { return any.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

const std::vector<Collection>& collections() {
  static const std::vector<Collection> all = {
      applications(),
      proxy_providers(),
      oauth2_providers(),
      ldap_providers(),
      groups(),
      users(),
      bindings(),
      outposts(),
      policies(),
      mappings(),
      brands(),
      blueprints(),
      listed("flows", "/flows/instances/", "slug", "Flow"),
      listed("certificates", "/crypto/certificatekeypairs/", "pk", "CertificateKeyPair"),
      listed("tokens", "/core/tokens/", "identifier", "Token")};
  return all;
}

const Collection& collection(const std::string& name) {
  for (const auto& one : collections()) {
    if (one.name == name) return one;
  }
  throw std::logic_error("the lab has no collection " + name);
}

}  // namespace nmx::lab::authentik
