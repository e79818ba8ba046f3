#include "providers/lab/authentik/outpost.hpp"

#include <fmt/core.h>
#include <re2/re2.h>

#include <algorithm>

#include "providers/lab/authentik/access.hpp"
#include "providers/lab/authentik/api.hpp"

namespace nmx::lab::authentik {
namespace {

constexpr std::string_view cookie_name = "authentik_proxy_lab=";

std::string header(const Request& request, const char* name) {
  const auto* found = request.header(name);
  return found ? *found : std::string();
}

/// `tv.example.com` of `https://tv.example.com/x`.
std::string host_of(const std::string& address) {
  const auto begin = address.find("//");
  const auto from = begin == std::string::npos ? 0 : begin + 2;
  return address.substr(from, address.find_first_of("/:", from) - from);
}

bool serves(const Json& provider, const std::string& host) {
  if (provider["mode"] != "forward_domain") return host_of(provider["external_host"]) == host;
  const auto domain = provider.value("cookie_domain", "");
  return host == domain || (!domain.empty() && host.ends_with("." + domain));
}

/// The provider that the embedded outpost has for a host; only those with an application count.
const Json* provider_for(World& world, const std::string& host) {
  const auto* outpost = world.find_by("outposts", "managed", "goauthentik.io/outposts/embedded");
  const Json* by_domain = nullptr;
  for (const auto& pk : (*outpost)["providers"]) {
    const auto* provider = world.find("proxy_providers", pk);
    if (!provider || !serves(*provider, host) || !world.find_by("applications", "provider", pk)) continue;
    if ((*provider)["mode"] != "forward_domain") return provider;
    by_domain = provider;
  }
  return by_domain;
}

bool is_open(const Json& provider, const std::string& host, const std::string& uri) {
  const auto path = uri.substr(0, uri.find('?'));
  const auto held = provider["mode"] == "forward_domain" ? "https://" + host + uri : path;
  const auto lines = provider.value("skip_path_regex", "");
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    const RE2 pattern(lines.substr(at, end - at));
    if (end > at && pattern.ok() && RE2::PartialMatch(held, pattern)) return true;
    at = end + 1;
  }
  return false;
}

const Json* user_of(World& world, const Request& request) {
  const auto cookies = header(request, "Cookie");
  const auto at = cookies.find(cookie_name);
  if (at == std::string::npos) return nullptr;
  const auto begin = at + cookie_name.size();
  const auto session = world.sessions.find(cookies.substr(begin, cookies.find(';', begin) - begin));
  return session == world.sessions.end() ? nullptr : world.find_by("users", "username", session->second);
}

Response plain(int status, std::string reason, std::string body) {
  Response response;
  response.status = status;
  response.reason = std::move(reason);
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Server", "authentik"}};
  response.body = std::move(body);
  return response;
}

Response let_in(World& world, const Json& provider, const Json& application, const Json& user) {
  auto response = plain(200, "OK", "");
  std::string groups;
  for (const auto& name : group_names(world, user)) groups += groups.empty() ? name : "|" + name;
  response.headers.insert(response.headers.end(), {{"X-authentik-username", user["username"]},
                                                   {"X-authentik-groups", groups},
                                                   {"X-authentik-email", user.value("email", "")},
                                                   {"X-authentik-name", user.value("name", "")},
                                                   {"X-authentik-uid", user["uuid"]},
                                                   {"X-authentik-meta-provider", provider["name"]},
                                                   {"X-authentik-meta-app", application["slug"]}});
  return response;
}

Response ask_about(World& world, const Request& request) {
  const auto forwarded = header(request, "X-Forwarded-Host");
  const auto host = forwarded.substr(0, forwarded.find(':'));
  const auto uri = header(request, "X-Forwarded-Uri");
  const auto* provider = provider_for(world, host);
  if (!provider) return plain(404, "Not Found", fmt::format("the outpost serves no `{}`\n", host));
  if (is_open(*provider, host, uri)) return plain(200, "OK", "");
  const auto* user = user_of(world, request);
  if (!user) {
    auto response = plain(302, "Found", "");
    const auto original = fmt::format("{}://{}{}", header(request, "X-Forwarded-Proto"), forwarded, uri);
    response.headers.emplace_back("Location",
                                  fmt::format("https://{}/outpost.goauthentik.io/start?rd={}", forwarded, original));
    return response;
  }
  const auto& application = *world.find_by("applications", "provider", (*provider)["pk"]);
  if (!user->value("is_active", true) || !may_use(world, application, *user))
    return plain(403, "Forbidden", "Permission denied\n");
  return let_in(world, *provider, application, *user);
}

}  // namespace

Response answer_outpost(World& world, const Request& request) {
  const auto path = request.target.substr(0, request.target.find('?'));
  if (path == "/outpost.goauthentik.io/ping") return plain(204, "No Content", "");
  if (path.rfind("/outpost.goauthentik.io/auth/", 0) == 0) return ask_about(world, request);
  if (path == "/outpost.goauthentik.io/start")
    return plain(200, "OK", "Log in: POST /lab/login with `username`, and come back with the cookie.\n");
  return plain(404, "Not Found", "");
}

Response log_in(World& world, const Request& request) {
  const auto fields = read_query(request.body);
  const auto value = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  const auto name = value("username");
  const auto password = world.passwords.find(name);
  const bool wrong = password != world.passwords.end() && password->second != value("password");
  if (!world.find_by("users", "username", name) || wrong) return plain(403, "Forbidden", "Invalid password\n");
  const auto session = new_uuid();
  world.sessions[session] = name;
  auto response = plain(204, "No Content", "");
  response.headers.emplace_back("Set-Cookie", fmt::format("{}{}; Path=/; HttpOnly", cookie_name, session));
  return response;
}

}  // namespace nmx::lab::authentik
