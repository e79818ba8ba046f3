#include "providers/caddy/apps.hpp"

#include <algorithm>

#include "providers/caddy/site.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::caddy {
namespace {

using Path = std::vector<std::string>;

const Value& at(const Value& json, const Path& path) {
  const auto* here = &json;
  for (const auto& key : path) here = &Fields(*here).at(key);
  return *here;
}

/// The same with another value at a path; objects on the way are made.
Value with(const Value& json, const Path& path, Value value, std::size_t depth = 0) {
  if (depth == path.size()) return value;
  Object object = json.object() == nullptr ? Object{} : *json.object();
  auto inner = with(object.at_or_null(path[depth]), path, std::move(value), depth + 1);
  object.set(path[depth], std::move(inner));
  return object;
}

std::string id_of(const Value& entry) { return Fields(entry).text_or("@id", ""); }

bool is_ours(const Value& entry) {
  const auto id = id_of(entry);
  return name_in_id(id).has_value() || id.rfind(policy_id(""), 0) == 0;
}

List strangers_in(const Value& list) {
  List others;
  for (const auto& one : elements(list)) {
    if (!is_ours(one)) others.push_back(one);
  }
  return others;
}

const Path policies_path{"tls", "automation", "policies"};
const Path files_path{"tls", "certificates", "load_files"};

/// Caddy takes the first route that fits: names before patterns.
bool is_pattern(const Value& route) {
  const auto& matchers = elements(Fields(route).at("match"));
  if (matchers.empty()) return true;
  const auto& hosts = elements(Fields(matchers.front()).at("host"));
  return std::any_of(hosts.begin(), hosts.end(),
                     [](const Value& host) { return tolerant_text(host).value_or("").find('*') != std::string::npos; });
}

}  // namespace

Apps::Apps(Value json, std::string server, std::vector<std::string> listen)
    : json_(std::move(json)), server_(std::move(server)), listen_(std::move(listen)) {
  read_entries();
}

void Apps::read_entries() {
  std::map<std::string, std::pair<Value, Value>> tls;
  for (const auto& policy : elements(at(json_, policies_path))) tls[id_of(policy)].first = policy;
  for (const auto& certificate : elements(at(json_, files_path))) tls[id_of(certificate)].second = certificate;
  for (const auto& route : elements(at(json_, {"http", "servers", server_, "routes"}))) {
    const auto name = name_in_id(id_of(route));
    if (!name) continue;
    const auto found = tls.find(policy_id(*name));
    entries_[*name] =
        found == tls.end() ? Entry{route, {}, {}} : Entry{route, found->second.first, found->second.second};
  }
}

std::map<std::string, Object> Apps::sites() const {
  std::map<std::string, Object> sites;
  for (const auto& [name, entry] : entries_)
    sites.emplace(name, read_site(entry.route, entry.policy, entry.certificate));
  return sites;
}

std::vector<std::string> Apps::strangers_hosts() const {
  std::vector<std::string> hosts;
  const auto* servers = at(json_, {"http", "servers"}).object();
  if (servers == nullptr) return hosts;
  for (const auto& [name, server] : *servers) {
    for (const auto& route : strangers_in(Fields(server).at("routes"))) {
      for (const auto& matcher : elements(Fields(route).at("match"))) {
        for (const auto& host : elements(Fields(matcher).at("host"))) hosts.push_back(tolerant_text(host).value_or(""));
      }
    }
  }
  return hosts;
}

void Apps::put(const Object& site) {
  entries_[Fields(site).text_or("name", "")] = {route_of(site), policy_of(site), certificate_of(site)};
}

void Apps::remove(const std::string& name) { entries_.erase(name); }

Value Apps::json() const {
  auto json = json_;
  const Path routes_path{"http", "servers", server_, "routes"};
  auto routes = strangers_in(at(json, routes_path));
  List policies;
  auto files = strangers_in(at(json, files_path));
  List patterns;
  for (const auto& [name, entry] : entries_) {
    (is_pattern(entry.route) ? patterns : routes).push_back(entry.route);
    if (!entry.policy.is_null()) policies.push_back(entry.policy);
    if (!entry.certificate.is_null()) files.push_back(entry.certificate);
  }
  routes.insert(routes.end(), patterns.begin(), patterns.end());
  // Of policies, too, the first that fits counts, and one for all names comes last.
  for (auto& other : strangers_in(at(json, policies_path))) policies.push_back(std::move(other));

  if (!at(json, {"http", "servers", server_}).is_object()) {
    json = with(json, {"http", "servers", server_, "listen"}, List(listen_.begin(), listen_.end()));
    // A change waits so long for requests under way; without it a stream would hold it up for ever.
    if (at(json, {"http", "grace_period"}).is_null()) json = with(json, {"http", "grace_period"}, "10s");
  }
  json = with(json, routes_path, std::move(routes));
  if (!policies.empty() || at(json, policies_path).is_list()) json = with(json, policies_path, std::move(policies));
  if (!files.empty() || at(json, files_path).is_list()) json = with(json, files_path, std::move(files));
  if (at(json, {"pki", "certificate_authorities", "local", "install_trust"}).is_null())
    json = with(json, {"pki", "certificate_authorities", "local", "install_trust"}, false);
  return json;
}

}  // namespace nmx::caddy
