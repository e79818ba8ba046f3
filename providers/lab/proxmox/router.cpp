#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/form.hpp"
#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/releases.hpp"

namespace nmx::lab::proxmox {
namespace {

/// Under this name an upload's size travels with its parameters.
constexpr const char* upload_size = "\x01size";

/// Every refused login is answered so much later.
constexpr std::chrono::seconds login_delay{3};

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const auto end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

/// The values in the path where it fits the pattern.
std::optional<Json> fit(std::string_view pattern, std::string_view path) {
  auto found = Json::object();
  const auto wanted = parts_of(pattern);
  const auto given = parts_of(path);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool variable = wanted[i].front() == '{';
    if (variable && wanted[i].size() > 2 && wanted[i][wanted[i].size() - 2] == '*') {
      if (i >= given.size()) return std::nullopt;
      const auto begin = static_cast<std::size_t>(given[i].data() - path.data());
      found[std::string(wanted[i].substr(1, wanted[i].size() - 3))] = std::string(path.substr(begin));
      return found;
    }
    if (i >= given.size()) return std::nullopt;
    if (variable) {
      found[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = std::string(given[i]);
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return wanted.size() == given.size() ? std::optional(found) : std::nullopt;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// An older release does not know what came after it.
void refuse_what_is_newer(const std::string& version, const std::string& path, const Json& params, Errors& errors) {
  if (path.find("/lxc") == std::string::npos) return;
  for (const auto& [name, value] : params.items()) {
    const std::string unknown = "property is not defined in schema and the schema does not allow additional properties";
    if (!knows_option(version, name)) errors.try_emplace(name, unknown);
    const auto kind = property_kind(name);
    if (kind.empty() || !value.is_string()) continue;
    for (const auto& [key, text] : parse_property_string(kind, name, value.get<std::string>()).values) {
      if (!knows_key(version, kind, key))
        errors.try_emplace(name, fmt::format("invalid format - format error\n{}.{}: {}\n", name, key, unknown));
    }
  }
}

/// What Perl's parser says of text that is no JSON: what it missed, and where.
std::string json_complaint(const std::string& text) {
  std::size_t at = text.size();
  try {
    [[maybe_unused]] const auto parsed = Json::parse(text);
  } catch (const Json::parse_error& error) {
    at = std::min(text.size(), error.byte == 0 ? 0 : error.byte - 1);
  }
  const auto before = text.find_last_not_of(" \t\r\n", at == 0 ? 0 : at - 1);
  const bool wants_key = at > 0 && before != std::string::npos && (text[before] == '{' || text[before] == ',');
  const auto rest = text.substr(at);
  return fmt::format(
      "{}, at character offset {} (before \"{}\") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm",
      wants_key ? "'\"' expected" : "malformed JSON string, neither tag, array, object, number, string or atom", at,
      rest.empty() ? "(end of string)" : rest);
}

/// Parameters of body and query together; the query wins.
Json read_parameters(const Request& request, std::string_view query) {
  auto params = Json::object();
  const bool has_body = request.method == "POST" || request.method == "PUT";
  const auto* header = request.header("Content-Type");
  const auto type = header == nullptr ? "application/x-www-form-urlencoded" : media_type(*header);
  const auto plain = [](int status, std::string why) {
    return Refused{status, std::move(why), {}, Refused::Body::plain};
  };
  if (!has_body && !request.body.empty()) throw plain(501, "Unexpected content for method '" + request.method + "'");
  if (has_body && type == "application/json") {
    const auto& text = request.body.empty() ? std::string("{}") : request.body;
    params = Json::parse(text, nullptr, false);
    if (params.is_discarded()) throw plain(500, json_complaint(text) + " line 934.\n");
    if (!params.is_object())
      throw plain(500, "Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 978.\n");
  } else if (has_body && type == "application/x-www-form-urlencoded") {
    params = decode_form(request.body);
  } else if (has_body && type == "multipart/form-data") {
    params = decode_multipart(request.body, *header);
  } else if (has_body) {
    throw plain(506, fmt::format("upload 'Content-Type '{}' not implemented", type));
  }
  const auto asked = decode_form(query);
  for (const auto& [name, value] : asked.items()) params[name] = value;
  return params;
}

}  // namespace

std::string Call::text(const char* name, std::string fallback) const {
  if (!has(name)) return fallback;
  const auto& value = params[name];
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  if (!value.is_array()) return value.dump();
  std::string joined;
  for (const auto& element : value)
    joined += (joined.empty() ? "" : ",") + (element.is_string() ? element.get<std::string>() : element.dump());
  return joined;
}

std::int64_t Call::number(const char* name, std::int64_t fallback) const {
  return has(name) ? std::stoll(text(name)) : fallback;
}

bool Call::flag(const char* name, bool fallback) const { return has(name) ? text(name) == "1" : fallback; }

bool Call::may(std::string_view path, std::string_view privilege) const {
  return privileges(world, caller, path).contains(std::string(privilege));
}

void Call::need(const std::string& path, std::initializer_list<std::string_view> all_of) const {
  std::string names;
  bool fits = true;
  for (const auto one : all_of) {
    names += (names.empty() ? "" : "|") + std::string(one);
    fits = fits && may(path, one);
  }
  if (!fits) throw Refused{403, fmt::format("Permission check failed ({}, {})", path, names)};
}

void Call::need_any(const std::string& path, std::initializer_list<std::string_view> any_of) const {
  std::string names;
  bool fits = false;
  for (const auto one : any_of) {
    names += (names.empty() ? "" : "|") + std::string(one);
    fits = fits || may(path, one);
  }
  if (!fits) throw Refused{403, fmt::format("Permission check failed ({}, {})", path, names)};
}

Response success(const Json& data, Json extra) {
  extra["data"] = data;
  return {200,
          "OK",
          {{"Content-Type", "application/json;charset=UTF-8"}},
          extra.dump(-1, ' ', false, Json::error_handler_t::replace),
          false,
          {}};
}

Response failure(const Refused& refused) {
  if (refused.body == Refused::Body::plain) {
    return {refused.status, first_line(refused.message), {{"Content-Type", "text/plain"}}, refused.message, true, {}};
  }
  const bool ends = refused.status == 501 || refused.message.back() == '\n';
  Json body{{"data", nullptr}, {"message", ends ? refused.message : refused.message + "\n"}};
  if (!refused.errors.empty()) body["errors"] = refused.errors;
  return {refused.status,
          first_line(refused.message),
          {{"Content-Type", "application/json;charset=UTF-8"}},
          body.dump(-1, ' ', false, Json::error_handler_t::replace),
          true,
          {}};
}

Router::Router(World& world) : world_(world) {
  for (auto* routes :
       {access_routes, acl_routes, backup_routes, clone_routes, cluster_routes, container_routes, disk_routes,
        firewall_routes, firewall_set_routes, ha_routes, migrate_routes, node_routes, pool_routes, power_routes,
        snapshot_routes, storage_config_routes, storage_routes, task_routes, user_routes}) {
    for (auto& route : routes()) routes_.push_back(std::move(route));
  }
  for (auto& route : index_routes(routes_)) routes_.push_back(std::move(route));
}

std::optional<Response> Router::answer(const Request& request) {
  world_.advance();
  try {
    auto response = carry_out(request);
    waiting_.erase(&request);
    return response;
  } catch (const MustWait& wait) {
    const auto since = waiting_.try_emplace(&request, world_.clock.now()).first->second;
    if (world_.clock.now() - since < world_.clock.scaled(std::chrono::seconds(10))) return std::nullopt;
    waiting_.erase(&request);
    return failure({500, wait.message});
  } catch (const Refused& refused) {
    waiting_.erase(&request);
    auto response = failure(refused);
    if (refused.status == 401) response.delay = world_.clock.scaled(login_delay);
    return response;
  }
}

std::optional<Response> Router::carry_out(const Request& request) {
  constexpr std::string_view base = "/api2/json";
  const std::string_view target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  const auto query = question < target.size() ? target.substr(question + 1) : std::string_view();
  auto path = percent_decoded(target.substr(0, question), Plus::stays);
  if (path.rfind(base, 0) != 0) throw Refused{501, fmt::format("Method '{} {}' not implemented", request.method, path)};
  path.erase(0, base.size());

  const bool writes = request.method != "GET";
  const bool login_itself = path == "/access/ticket" && request.method == "POST";
  Caller caller;
  if (!login_itself) {
    auto login = log_in(world_, request, writes);
    if (!login.caller) return Response{401, login.refused, {}, "", true, world_.clock.scaled(login_delay)};
    caller = *std::move(login.caller);
  }
  for (const auto& route : routes_) {
    if (route.method != request.method) continue;
    const auto in_path = fit(route.path, path);
    if (!in_path) continue;
    auto params = read_parameters(request, query);
    for (const auto& [name, value] : in_path->items()) {
      if (params.contains(name) && params[name] != value) {
        throw Refused{400,
                      "Parameter verification failed.",
                      {{name, "duplicate parameter (already defined in URI) with conflicting values!"}}};
      }
      params[name] = value;
    }
    if (!waiting_.contains(&request)) ++counts_[route.method + " " + route.path];
    if (!route.tokens && !caller.token.empty()) {
      throw Refused{403, fmt::format("Permission check failed (URI '{}' not available with API token, need proper "
                                     "ticket.\n)",
                                     path)};
    }
    Call call{world_, caller, std::move(params)};
    if (route.permission != nullptr) route.permission(call);
    if (call.params.contains("node")) {
      const auto name = call.text("node");
      const auto node = world_.nodes.find(name);
      if (node == world_.nodes.end() && !format_error("pve-node", name)) {
        throw Refused{
            500,
            fmt::format("hostname lookup '{}' failed - failed to get address info for: {}: Name or service not known",
                        name, name)};
      }
      if (node != world_.nodes.end() && !node->second.online) {
        return Response{595, "No route to host", {}, "", true, {}};
      }
    }
    const auto size = call.params.contains(upload_size) ? call.params[upload_size] : Json();
    call.params.erase(upload_size);
    auto errors = validate(route.parameters, call.params);
    refuse_what_is_newer(world_.version, route.path, call.params, errors);
    if (!errors.empty()) {
      throw Refused{400, "Parameter verification failed.", std::move(errors)};
    }
    if (!size.is_null()) call.params[upload_size] = size;
    const auto data = route.handle(call);
    return success(data, std::move(call.beside));
  }
  throw Refused{501, fmt::format("Method '{} {}' not implemented", request.method, path)};
}

}  // namespace nmx::lab::proxmox
