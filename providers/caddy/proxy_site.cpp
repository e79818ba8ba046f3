#include "providers/caddy/proxy_site.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/caddy/site.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::caddy {
namespace {

using Tag = Type::Tag;

Type text() { return Type::simple(Tag::string); }

Schema site_schema() {
  Schema schema;
  schema.interface.type = "proxy_site";
  schema.interface.doc = "What Caddy serves under one or several host names.";
  schema.natural_key = {"name"};
  const auto add = [&](std::string name, Type type, std::string doc, AttributeRule rule = {}) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = name;
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    schema.rules.emplace(std::move(name), std::move(rule));
    return schema.interface.attributes.emplace_back(std::move(attribute));
  };
  const AttributeRule whole{OnChange::live, false, false, {}, {}, true};
  add("name", text(), "What Caddy knows the site by; left out: its first host.",
      {OnChange::replace, false, true, {}, "nmx"})
      .computed = true;
  add("hosts", Type::list_of(text()), "The host names, `*.lab.example.com` among them.").required = true;
  add("upstreams", Type::list_of(text()),
      "Where requests go: `192.168.50.31:8222`, `https://192.168.50.5:8006`. Of several, one that answers.")
      .required = true;
  add("tls", Type::enumeration_of({"acme", "internal", "files"}),
      "Where the certificate comes from: a public authority, Caddy's own, or files.")
      .fallback = "acme";
  add("acme",
      Type::object_of({{"ca", Type::simple(Tag::url), true, {}},
                       {"email", text(), true, {}},
                       {"root", Type::simple(Tag::path), true, {}},
                       {"dns", Type::map_of(text()), true, {}}}),
      "Another authority than Caddy's default, with its root certificate on the proxy's disk; `dns`: a DNS challenge "
      "by "
      "this module of Caddy, `{ name = \"cloudflare\", api_token = \"{env.CF_TOKEN}\" }`.",
      whole);
  add("certificate",
      Type::object_of(
          {{"certificate", Type::simple(Tag::path), false, {}}, {"key", Type::simple(Tag::path), false, {}}}),
      "With `tls = files`: PEM files on the proxy's disk.", whole);
  add("forward_auth", Type::object_of({{"outpost", text(), false, {}}, {"headers", Type::list_of(text()), true, {}}}),
      "Who may enter is asked of Authentik's outpost; `headers` says what of its answer the service is told.", whole);
  add("bypass", Type::list_of(text()), "Paths that need no sign-on: `/api/*`.");
  add("request_headers", Type::map_of(text()), "Set on the way to the service; an empty text removes.", whole);
  add("response_headers", Type::map_of(text()), "Set on the way back; an empty text removes.", whole);
  add("health", Type::object_of({{"path", text(), false, {}}, {"interval", Type::simple(Tag::duration), true, {}}}),
      "Asks each upstream regularly, and leaves out those that do not answer.", whole);
  auto& intact = add("intact", Type::simple(Tag::boolean), "Nobody edited it in Caddy to what nmx would not write.",
                     {OnChange::live, false, true, {}, "nmx"});
  intact.computed = true;
  intact.settable = false;
  return schema;
}

std::string lower(std::string written) {
  std::transform(written.begin(), written.end(), written.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return written;
}

std::string upstream_of(std::string written) {
  while (!written.empty() && written.back() == '/') written.pop_back();
  const bool tls = written.rfind("https://", 0) == 0;
  if (written.rfind("http://", 0) == 0) written.erase(0, 7);
  const auto host = tls ? written.substr(8) : written;
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  return has_port ? written : fmt::format("{}:{}", written, tls ? 443 : 80);
}

template <typename F>
void each_text(Object& object, std::string_view name, F&& change) {
  auto* list = object.find(name);
  if (list == nullptr || !list->is_list()) return;
  List changed;
  for (const auto& one : elements(*list)) changed.push_back(one.is_string() ? Value(change(*one.string())) : one);
  *list = std::move(changed);
}

std::string title(const Object& site) {
  const auto& hosts = elements(Fields(site).at("hosts"));
  return hosts.empty() ? "" : tolerant_text(hosts.front()).value_or("");
}

bool is_host(std::string_view host) {
  if (host.substr(0, 2) == "*.") host.remove_prefix(2);
  return !host.empty() && host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos &&
         host.front() != '.' && host.back() != '.' && host.find("..") == std::string_view::npos;
}

}  // namespace

ProxySite::ProxySite() : schema_(site_schema()) {}

Object ProxySite::normalise(const Object& written, const Facts&) const {
  Object object;
  for (const auto& [name, value] : written) {
    if (value.is_null()) continue;
    object.set(name, value.object() != nullptr ? Value(without_nulls(*value.object())) : value);
  }
  each_text(object, "hosts", lower);
  each_text(object, "upstreams", upstream_of);
  for (const auto* name : {"request_headers", "response_headers"}) {
    const auto* rules = object.find(name);
    if (rules != nullptr && rules->object() != nullptr && rules->object()->empty()) object.erase(name);
  }
  if (const auto* bypass = object.find("bypass"); bypass != nullptr && bypass->is_list() && elements(*bypass).empty())
    object.erase("bypass");
  if (Fields(object).text_or("tls", "") != "acme") object.erase("acme");
  if (auto* auth = object.find("forward_auth"); auth != nullptr && auth->object() != nullptr) {
    auto fields = *auth->object();
    if (const auto* outpost = fields.at_or_null("outpost").string()) fields.set("outpost", upstream_of(*outpost));
    if (!fields.contains("headers")) fields.set("headers", List(outpost_headers().begin(), outpost_headers().end()));
    *auth = std::move(fields);
  }
  if (auto* health = object.find("health"); health != nullptr && health->object() != nullptr) {
    auto fields = *health->object();
    if (!fields.contains("interval")) fields.set("interval", Duration{30'000});
    *health = std::move(fields);
  }
  return object;
}

Result<Object> ProxySite::decide(const Deciding& deciding) const {
  const auto host = title(deciding.wanted);
  if (host.empty()) return Error{"`hosts` is empty", "name at least one: `hosts = [\"app.example.com\"]`"};
  // The site keeps the name it has when its hosts change.
  const auto* known = deciding.applied == nullptr ? nullptr : deciding.applied->find("name");
  return Object{{"name", known != nullptr ? *known : Value(host)}, {"intact", true}};
}

void ProxySite::check(const Checking& checking, Diagnostics& diagnostics) const {
  const auto& change = checking.change;
  if (change.action != Action::create && change.action != Action::update && change.action != Action::replace) return;
  const Fields site(change.after);
  const auto refuse = [&](std::string_view attribute, std::string message) -> Diagnostic& {
    return diagnostics.error(Code::bad_option, checking.place(attribute), std::move(message));
  };
  const auto& strangers = elements(Fields(checking.facts).at("strangers"));
  const auto* sites = Fields(checking.facts).at("sites").object();
  for (const auto& host : elements(site.at("hosts"))) {
    const auto* name = host.string();
    if (name == nullptr) continue;
    if (!is_host(*name)) refuse("hosts", fmt::format("`{}` is no host name", *name));
    if (std::find(strangers.begin(), strangers.end(), host) != strangers.end()) {
      diagnostics
          .error(Code::id_taken, checking.place("hosts"),
                 fmt::format("Caddy already serves `{}`, by a route that is not nmx's", *name))
          .with_help("take that route out of Caddy's configuration, or choose another host");
    }
    if (sites == nullptr) continue;
    for (const auto& [other, hosts] : *sites) {
      const auto& list = elements(hosts);
      if (other == site.text_or("name", "") || std::find(list.begin(), list.end(), host) == list.end()) continue;
      if (change.action == Action::create)
        diagnostics.error(Code::id_taken, checking.place("hosts"),
                          fmt::format("the site `{}` serves `{}` already", other, *name));
    }
  }
  if (elements(site.at("upstreams")).empty() && !site.at("upstreams").is_hole())
    refuse("upstreams", "the site leads nowhere")
        .with_help("name where its requests go: `upstreams = [\"10.0.0.5:80\"]`");
  const auto tls = site.text_or("tls", "");
  if ((tls == "files") != site.at("certificate").is_object())
    refuse(tls == "files" ? "tls" : "certificate", "`tls = files` and `certificate` go together");
  if (site.at("bypass").is_list() && !site.at("forward_auth").is_object())
    refuse("bypass", "without `forward_auth` nothing needs a sign-on that `bypass` could spare");
}

Result<std::vector<Operation>> ProxySite::operations(const Change& change, const Facts&) const {
  const auto step = [&](std::string verb, const Object& site, ChangeClass danger) {
    Operation operation;
    operation.address = change.address;
    operation.type = change.type;
    operation.provider = change.provider;
    operation.danger = danger;
    operation.timeout_ms = 120'000;
    operation.batch = fmt::format("caddy:{}", change.provider);
    operation.key = Fields(site).text_or("name", "");
    operation.summary = fmt::format("{} site {}", verb, title(site));
    operation.verb = std::move(verb);
    operation.arguments = Object{{"site", site}};
    return operation;
  };
  std::vector<Operation> operations;
  if (change.action == Action::destroy || change.action == Action::replace)
    operations.push_back(step("remove", change.before, ChangeClass::destroy));
  if (change.action == Action::create || change.action == Action::replace)
    operations.push_back(step("create", change.after, ChangeClass::create));
  if (change.action == Action::update) operations.push_back(step("change", change.after, change.danger));
  if (!operations.empty()) operations.back().completes = true;
  return operations;
}

}  // namespace nmx::caddy
