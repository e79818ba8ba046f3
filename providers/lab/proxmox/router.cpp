#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/form.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

/// Under this name an upload's size travels with its parameters.
constexpr const char* upload_size = "\x01size";

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

/// Parameters of body and query together; the query wins.
Json read_parameters(const Request& request, std::string_view query) {
  auto params = Json::object();
  const bool has_body = request.method == "POST" || request.method == "PUT";
  const auto* header = request.header("Content-Type");
  const auto type = header == nullptr ? "application/x-www-form-urlencoded" : media_type(*header);
  if (!has_body && !request.body.empty()) throw Refused{501, "Unexpected content for method '" + request.method + "'"};
  if (has_body && type == "application/json") {
    params = Json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    if (!params.is_object()) throw Refused{500, "malformed JSON string"};
  } else if (has_body && type == "application/x-www-form-urlencoded") {
    params = decode_form(request.body);
  } else if (has_body && type == "multipart/form-data") {
    params = decode_multipart(request.body, *header);
  } else if (has_body) {
    throw Refused{506, fmt::format("upload 'Content-Type '{}' not implemented", type)};
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
  Json body{{"data", nullptr}, {"message", refused.message.back() == '\n' ? refused.message : refused.message + "\n"}};
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
       {access_routes, cluster_routes, container_routes, power_routes, storage_routes, task_routes, pool_routes}) {
    for (auto& route : routes()) routes_.push_back(std::move(route));
  }
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
    return failure(refused);
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
    if (!login.caller) return Response{401, login.refused, {}, "", true, world_.clock.scaled(std::chrono::seconds(3))};
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
    if (!route.tokens && !caller.token.empty()) throw Refused{403, "API tokens are not allowed to access this method"};
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
    if (auto errors = validate(route.parameters, call.params); !errors.empty()) {
      throw Refused{400, "Parameter verification failed.", std::move(errors)};
    }
    if (!size.is_null()) call.params[upload_size] = size;
    const auto data = route.handle(call);
    return success(data, std::move(call.beside));
  }
  throw Refused{501, fmt::format("Method '{} {}' not implemented", request.method, path)};
}

}  // namespace nmx::lab::proxmox
