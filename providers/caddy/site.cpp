#include "providers/caddy/site.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/support/json_fields.hpp"

namespace nmx::caddy {
namespace {

constexpr std::string_view route_prefix = "nmx-site-";
constexpr std::string_view outpost_path = "/outpost.goauthentik.io";
constexpr std::string_view secure = "https://";
constexpr std::string_view plain = "http://";

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

Value strings(const std::vector<std::string>& texts) { return List(texts.begin(), texts.end()); }

/// `https://10.0.0.5:8006` → `10.0.0.5:8006`; without a port the scheme's own.
std::string dial_of(std::string_view upstream) {
  const bool tls = starts_with(upstream, secure);
  if (tls) upstream.remove_prefix(secure.size());
  if (starts_with(upstream, plain)) upstream.remove_prefix(plain.size());
  while (!upstream.empty() && upstream.back() == '/') upstream.remove_suffix(1);
  const auto bracket = upstream.rfind(']');
  const auto colon = upstream.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? std::string(upstream) : fmt::format("{}:{}", upstream, tls ? 443 : 80);
}

Object proxy_to(const std::vector<std::string>& upstreams) {
  List dials;
  bool tls = false;
  for (const auto& one : upstreams) {
    dials.emplace_back(Object{{"dial", dial_of(one)}});
    tls = tls || starts_with(one, secure);
  }
  Object handler{{"handler", "reverse_proxy"}, {"upstreams", std::move(dials)}};
  if (tls) handler.set("transport", Object{{"protocol", "http"}, {"tls", Object{}}});
  return handler;
}

Value route(Value handler) { return Object{{"handle", List{std::move(handler)}}}; }
Value route(Object matcher, Value handler) {
  return Object{{"match", List{std::move(matcher)}}, {"handle", List{std::move(handler)}}};
}

/// Sets and deletes headers: an empty value deletes.
Object header_rules(const Value& rules) {
  Object set;
  List removed;
  if (rules.object() != nullptr) {
    for (const auto& [name, value] : *rules.object()) {
      const auto text = tolerant_text(value).value_or("");
      if (text.empty()) removed.emplace_back(name);
      if (!text.empty()) set.set(name, List{text});
    }
  }
  Object all;
  if (!set.empty()) all.set("set", std::move(set));
  if (!removed.empty()) all.set("delete", std::move(removed));
  return all;
}

/// One route for each header, taken only where the outpost sent it: else old versions of Caddy would pass on the
/// placeholder's own text.
Value copy_header(const std::string& name) {
  const auto placeholder = fmt::format("{{http.reverse_proxy.header.{}}}", name);
  const Object absent{{"vars", Object{{placeholder, List{"", "<nil>"}}}}};
  return route(Object{{"not", List{absent}}},
               Object{{"handler", "headers"}, {"request", Object{{"set", Object{{name, List{placeholder}}}}}}});
}

Value gate(const Fields& auth) {
  auto handler = proxy_to({auth.text_or("outpost", "")});
  handler.set("rewrite", Object{{"method", "GET"}, {"uri", fmt::format("{}/auth/caddy", outpost_path)}});
  handler.set("headers", Object{{"request", Object{{"set", Object{{"X-Forwarded-Method", List{"{http.request.method}"}},
                                                                  {"X-Forwarded-Uri", List{"{http.request.uri}"}}}}}}});
  List copies;
  for (const auto& name : elements(auth.at("headers"))) copies.push_back(copy_header(tolerant_text(name).value_or("")));
  handler.set("handle_response",
              List{Object{{"match", Object{{"status_code", List{2}}}}, {"routes", std::move(copies)}}});
  return handler;
}

Value proxy(const Fields& site) {
  std::vector<std::string> upstreams;
  for (const auto& one : elements(site.at("upstreams"))) upstreams.push_back(tolerant_text(one).value_or(""));
  auto handler = proxy_to(upstreams);
  handler.set("flush_interval", -1);
  Object headers;
  if (auto rules = header_rules(site.at("request_headers")); !rules.empty()) headers.set("request", std::move(rules));
  if (auto rules = header_rules(site.at("response_headers")); !rules.empty()) headers.set("response", std::move(rules));
  if (!headers.empty()) handler.set("headers", std::move(headers));
  if (const Fields health(site.at("health")); health.at("path").is_string()) {
    const auto* interval = std::get_if<Duration>(&health.at("interval").held);
    handler.set(
        "health_checks",
        Object{{"active", Object{{"path", health.text_or("path", "")},
                                 {"interval", fmt::format("{}ms", interval ? interval->milliseconds : 30'000)}}}});
  }
  return handler;
}

/// The way back of `header_rules`.
Value rules_of(const Value& headers) {
  Object rules;
  const Fields fields(headers);
  if (const auto* set = fields.at("set").object(); set != nullptr) {
    for (const auto& [name, values] : *set) {
      if (!elements(values).empty()) rules.set(name, elements(values).front());
    }
  }
  for (const auto& name : elements(fields.at("delete"))) rules.set(tolerant_text(name).value_or(""), "");
  return rules;
}

std::vector<std::string> dials_of(const Fields& handler) {
  const bool tls = handler.at("transport").is_object();
  std::vector<std::string> found;
  for (const auto& one : elements(handler.at("upstreams")))
    found.push_back(fmt::format("{}{}", tls ? secure : "", Fields(one).text_or("dial", "")));
  return found;
}

const Value& first(const Value& list) {
  static const Value none;
  return elements(list).empty() ? none : elements(list).front();
}

/// The handler of one of a site's inner routes.
Fields handler_of(const Value& inner) { return Fields(first(Fields(inner).at("handle"))); }

void read_gate(const Value& inner, Object& site) {
  const auto handler = handler_of(inner);
  const auto dials = dials_of(handler);
  Object auth{{"outpost", dials.empty() ? "" : dials.front()}};
  List headers;
  for (const auto& copy : elements(Fields(first(handler.at("handle_response"))).at("routes"))) {
    const Fields request(handler_of(copy).at("request"));
    if (const auto* set = request.at("set").object(); set != nullptr && !set->empty())
      headers.emplace_back(set->begin()->first);
  }
  auth.set("headers", std::move(headers));
  site.set("forward_auth", std::move(auth));
  const Fields passed(first(Fields(first(Fields(inner).at("match"))).at("not")));
  List bypass;
  for (const auto& path : elements(passed.at("path"))) {
    const auto text = tolerant_text(path).value_or("");
    if (!starts_with(text, outpost_path)) bypass.emplace_back(text);
  }
  if (!bypass.empty()) site.set("bypass", std::move(bypass));
}

void read_proxy(const Fields& handler, Object& site) {
  site.set("upstreams", strings(dials_of(handler)));
  const Fields headers(handler.at("headers"));
  if (!headers.at("request").is_null()) site.set("request_headers", rules_of(headers.at("request")));
  if (!headers.at("response").is_null()) site.set("response_headers", rules_of(headers.at("response")));
  const Fields health(Fields(handler.at("health_checks")).at("active"));
  if (!health.at("path").is_string()) return;
  const auto interval = health.text_or("interval", "");
  site.set("health",
           Object{{"path", health.text_or("path", "")},
                  {"interval", Duration{tolerant_integer(Value(interval.substr(0, interval.find('m')))).value_or(0)}}});
}

void read_tls(const Value& policy, const Value& certificate, Object& site) {
  if (certificate.is_object()) {
    const Fields files(certificate);
    site.set("tls", "files");
    site.set("certificate",
             Object{{"certificate", files.text_or("certificate", "")}, {"key", files.text_or("key", "")}});
    return;
  }
  const Fields issuer(first(Fields(policy).at("issuers")));
  site.set("tls", issuer.text_or("module", "acme"));
  if (issuer.text_or("module", "") != "acme") return;
  Object acme;
  for (const auto* name : {"ca", "email"}) {
    if (issuer.at(name).is_string()) acme.set(name, issuer.at(name));
  }
  if (const auto& root = first(issuer.at("trusted_roots_pem_files")); root.is_string()) acme.set("root", root);
  const Fields challenge(Fields(issuer.at("challenges")).at("dns"));
  if (challenge.at("provider").is_object()) acme.set("dns", challenge.at("provider"));
  site.set("acme", std::move(acme));
}

}  // namespace

std::string route_id(std::string_view name) { return fmt::format("{}{}", route_prefix, name); }
std::string policy_id(std::string_view name) { return fmt::format("nmx-tls-{}", name); }

std::optional<std::string> name_in_id(std::string_view id) {
  if (!starts_with(id, route_prefix)) return std::nullopt;
  return std::string(id.substr(route_prefix.size()));
}

const std::vector<std::string>& identity_headers() {
  static const std::vector<std::string> names{"X-Authentik-*",
                                              "X_authentik_*",
                                              "X_Authentik_*",
                                              "Remote-*",
                                              "X-Remote-*",
                                              "X-Auth-Request-*",
                                              "X-Webauth-*",
                                              "X-Forwarded-User",
                                              "X-Forwarded-Email",
                                              "X-Forwarded-Groups",
                                              "X-Forwarded-Preferred-Username"};
  return names;
}

const std::vector<std::string>& outpost_headers() {
  static const std::vector<std::string> names{
      "X-Authentik-Username", "X-Authentik-Groups",       "X-Authentik-Entitlements",  "X-Authentik-Email",
      "X-Authentik-Name",     "X-Authentik-Uid",          "X-Authentik-Jwt",           "X-Authentik-Meta-Jwks",
      "X-Authentik-Meta-App", "X-Authentik-Meta-Outpost", "X-Authentik-Meta-Provider", "X-Authentik-Meta-Version"};
  return names;
}

Value route_of(const Object& site) {
  const Fields fields(site);
  List inner;
  inner.push_back(route(Object{{"handler", "headers"}, {"request", Object{{"delete", strings(identity_headers())}}}}));
  if (const Fields auth(fields.at("forward_auth")); fields.at("forward_auth").is_object()) {
    const auto below = fmt::format("{}/*", outpost_path);
    inner.push_back(route(Object{{"path", List{below}}}, proxy_to({auth.text_or("outpost", "")})));
    List open{below};
    for (const auto& path : elements(fields.at("bypass"))) open.push_back(path);
    inner.push_back(route(Object{{"not", List{Object{{"path", open}}}}}, gate(auth)));
  }
  inner.push_back(route(proxy(fields)));
  return Object{{"@id", route_id(fields.text_or("name", ""))},
                {"match", List{Object{{"host", fields.at("hosts")}}}},
                {"handle", List{Object{{"handler", "subroute"}, {"routes", std::move(inner)}}}},
                {"terminal", true}};
}

Value policy_of(const Object& site) {
  const Fields fields(site);
  const auto tls = fields.text_or("tls", "");
  const Fields acme(fields.at("acme"));
  const bool has_acme = fields.at("acme").is_object() && !fields.at("acme").object()->empty();
  if (tls != "internal" && !(tls == "acme" && has_acme)) return Null{};
  Object issuer{{"module", tls}};
  if (tls == "acme") {
    for (const auto* name : {"ca", "email"}) {
      if (acme.at(name).is_string()) issuer.set(name, acme.at(name));
    }
    if (acme.at("root").is_string()) issuer.set("trusted_roots_pem_files", List{acme.at("root")});
    if (acme.at("dns").is_object()) issuer.set("challenges", Object{{"dns", Object{{"provider", acme.at("dns")}}}});
  }
  return Object{{"@id", policy_id(fields.text_or("name", ""))},
                {"subjects", fields.at("hosts")},
                {"issuers", List{std::move(issuer)}}};
}

Value certificate_of(const Object& site) {
  const Fields fields(site);
  if (fields.text_or("tls", "") != "files") return Null{};
  const Fields files(fields.at("certificate"));
  return Object{{"@id", policy_id(fields.text_or("name", ""))},
                {"certificate", files.text_or("certificate", "")},
                {"key", files.text_or("key", "")}};
}

Object read_site(const Value& found, const Value& policy, const Value& certificate) {
  const Fields fields(found);
  Object site;
  site.set("name", name_in_id(fields.text_or("@id", "")).value_or(""));
  site.set("hosts", Value(elements(Fields(first(fields.at("match"))).at("host"))));
  const auto& inner = elements(Fields(first(fields.at("handle"))).at("routes"));
  for (const auto& one : inner) {
    const auto handler = handler_of(one);
    if (handler.at("handle_response").is_list()) {
      read_gate(one, site);
    } else if (handler.text_or("handler", "") == "reverse_proxy" && Fields(one).at("match").is_null()) {
      read_proxy(handler, site);
    }
  }
  read_tls(policy, certificate, site);
  site.set("intact", route_of(site) == found && policy_of(site) == policy && certificate_of(site) == certificate);
  return site;
}

}  // namespace nmx::caddy
