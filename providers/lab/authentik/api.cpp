#include "providers/lab/authentik/api.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "providers/lab/authentik/access.hpp"
#include "providers/lab/authentik/rules.hpp"
#include "providers/lab/authentik/show.hpp"
#include "providers/lab/proxmox/form.hpp"

namespace nmx::lab::authentik {
namespace {

constexpr std::string_view base = "/api/v3";
/// What the settings of a server allow at most by default.
constexpr std::size_t largest_page = 100;

std::size_t positive(const std::string& text, std::size_t fallback) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number > 0 ? number : fallback;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool matches(const Json& object, const std::string& parameter, const std::string& wanted) {
  constexpr std::string_view any_case = "__iexact";
  if (parameter == "search") return lower(object.dump()).find(lower(wanted)) != std::string::npos;
  if (parameter == "target_in") return object.value("target", "") == wanted;
  auto field = parameter;
  const bool ignore_case = field.size() > any_case.size() && field.ends_with(any_case);
  if (ignore_case) field.resize(field.size() - any_case.size());
  if (!object.contains(field)) return true;  // no filter of this list: passed over
  const auto real = key_text(object[field]);
  return ignore_case ? lower(real) == lower(wanted) : real == wanted;
}

Json missing(const Collection& collection) {
  return {{"detail", fmt::format("No {} matches the given query.", collection.noun)}};
}

}  // namespace

std::string Asked::value(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.reason = status < 300 ? "OK" : "Refused";
  response.headers = {{"Content-Type", "application/json"}, {"Server", "authentik"}};
  if (status != 204) response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

std::multimap<std::string, std::string> read_query(std::string_view text) {
  std::multimap<std::string, std::string> fields;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto part = text.substr(0, end);
    const auto equals = std::min(part.find('='), part.size());
    fields.emplace(proxmox::percent_decoded(part.substr(0, equals), proxmox::Plus::blank),
                   equals < part.size() ? proxmox::percent_decoded(part.substr(equals + 1), proxmox::Plus::blank) : "");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return fields;
}

Response Api::answer(const Request& request) {
  try {
    return carry_out(request);
  } catch (const Refused& refused) {
    return json_response(refused.status, refused.body);
  }
}

void Api::log_in(const Request& request, Asked& asked) {
  constexpr std::string_view scheme = "Bearer ";
  const auto* header = request.header("Authorization");
  if (!header || header->rfind(scheme, 0) != 0)
    throw Refused{403, {{"detail", "Authentication credentials were not provided."}}};
  const auto* token = world_.find_by("tokens", "key", header->substr(scheme.size()));
  if (!token || (*token)["intent"] != "api" || !token->contains("user"))
    throw Refused{403, {{"detail", "Token invalid/expired"}}};
  asked.user = *world_.find("users", (*token)["user"]);
}

Response Api::carry_out(const Request& request) {
  const std::string_view target = request.target;
  const auto question = std::min(target.find('?'), target.size());
  const auto path = target.substr(base.size(), question - base.size());
  if (path.empty() || path.back() != '/') {
    Response redirect;
    redirect.status = 301;
    redirect.reason = "Moved Permanently";
    redirect.headers = {{"Location", fmt::format("{}/", target.substr(0, question))}};
    return redirect;
  }
  Asked asked;
  asked.method = request.method;
  asked.path = path;
  if (question < target.size()) asked.query = read_query(target.substr(question + 1));
  log_in(request, asked);
  if (!request.body.empty()) {
    asked.body = Json::parse(request.body, nullptr, false);
    if (asked.body.is_discarded()) throw Refused{400, {{"detail", "JSON parse error"}}};
  }
  if (auto done = special(asked)) return *std::move(done);
  for (const auto& one : collections()) {
    if (asked.path == one.path) {
      ++counts_[asked.method + ' ' + one.path];
      if (asked.method == "GET") return json_response(200, list(one, asked));
      if (asked.method == "POST" && !one.listed_only) return json_response(201, create(one, asked));
      throw Refused{405, {{"detail", fmt::format("Method \"{}\" not allowed.", asked.method)}}};
    }
    if (asked.path.rfind(one.path, 0) != 0) continue;
    auto place = asked.path.substr(one.path.size());
    place.pop_back();
    if (place.find('/') != std::string::npos) continue;
    ++counts_[fmt::format("{} {}{{id}}/", asked.method, one.path)];
    return item(one, asked, proxmox::percent_decoded(place, proxmox::Plus::stays));
  }
  throw Refused{404, {{"detail", "Not found."}}};
}

Json Api::list(const Collection& collection, const Asked& asked) {
  static const std::vector<std::string> no_filters = {
      "page",          "page_size",      "ordering",        "superuser_full_list",
      "include_users", "include_groups", "include_parents", "include_details"};
  Shown shown;
  shown.users = asked.value("include_users") != "false";
  shown.groups = asked.value("include_groups") != "false";
  shown.parents = asked.value("include_parents") == "true";
  // Everybody sees the applications that are open to them; superusers all, if they ask for that.
  const bool all_applications = collection.name != "applications" ||
                                (asked.value("superuser_full_list") == "true" && is_superuser(world_, asked.user));
  std::vector<Json> found;
  for (const auto& [key, object] : world_.in(collection.name)) {
    if (!all_applications && !may_use(world_, object, asked.user)) continue;
    const bool fits = std::all_of(asked.query.begin(), asked.query.end(), [&](const auto& parameter) {
      const bool plain = std::find(no_filters.begin(), no_filters.end(), parameter.first) != no_filters.end();
      return plain || matches(object, parameter.first, parameter.second);
    });
    if (fits) found.push_back(show(world_, collection, object, shown));
  }
  const auto size = std::min(positive(asked.value("page_size"), 20), largest_page);
  const auto page = positive(asked.value("page"), 1);
  const auto pages = std::max<std::size_t>(1, (found.size() + size - 1) / size);
  if (page > pages) throw Refused{404, {{"detail", "Invalid page."}}};
  const auto first = (page - 1) * size;
  const auto last = std::min(first + size, found.size());
  auto results = Json::array();
  for (auto at = first; at < last; ++at) results.push_back(std::move(found[at]));
  return {{"pagination",
           {{"next", page < pages ? page + 1 : 0},
            {"previous", page - 1},
            {"count", found.size()},
            {"current", page},
            {"total_pages", pages},
            {"start_index", found.empty() ? 0 : first + 1},
            {"end_index", last}}},
          {"results", std::move(results)},
          {"autocomplete", Json::object()}};
}

Json Api::create(const Collection& collection, const Asked& asked) {
  auto body = asked.body;
  auto errors = validate(collection, body, world_.release, false);
  if (errors.empty()) errors = apply_rules(world_, collection, nullptr, body);
  if (!errors.empty()) throw Refused{400, std::move(errors)};
  auto& object = world_.add(collection, body);
  if (collection.name == "blueprints") object["status"] = "unknown";
  settle(world_, collection, object);
  return show(world_, collection, object);
}

Json Api::change(const Collection& collection, const Asked& asked, Json& object) {
  const bool partial = asked.method == "PATCH";
  auto body = asked.body;
  if (partial && collection.name == "outposts" && body.is_object() && body.contains("providers") &&
      !body.contains("type"))
    throw Refused{500, {{"detail", "KeyError: 'type'"}}};
  auto errors = validate(collection, body, world_.release, partial);
  if (errors.empty()) errors = apply_rules(world_, collection, &object, body);
  if (!errors.empty()) throw Refused{400, std::move(errors)};
  if (!partial) {
    // What is left out goes back to what it was at first.
    for (const auto& field : collection.fields) {
      const bool there = world_.release >= field.since && world_.release < field.until;
      if (!field.read_only && there && !body.contains(field.name)) object[field.name] = field.fallback;
    }
  }
  object.update(body);
  settle(world_, collection, object);
  return show(world_, collection, object);
}

Response Api::item(const Collection& collection, const Asked& asked, const std::string& place) {
  Json* object = nullptr;
  for (auto& [key, one] : world_.in(collection.name)) {
    if (key_text(one[collection.place]) == place) object = &one;
  }
  if (!object) throw Refused{404, missing(collection)};
  if (asked.method == "GET") return json_response(200, show(world_, collection, *object));
  if (collection.listed_only) throw Refused{405, {{"detail", "Method not allowed."}}};
  if (asked.method == "PATCH" || asked.method == "PUT") return json_response(200, change(collection, asked, *object));
  if (asked.method != "DELETE") throw Refused{405, {{"detail", "Method not allowed."}}};
  if (object->value("managed", Json()) == "goauthentik.io/outposts/embedded")
    throw Refused{405, {{"detail", "Embedded outpost cannot be deleted."}}};
  world_.remove(collection, key_text((*object)[collection.key]));
  return json_response(204, {});
}

}  // namespace nmx::lab::authentik
