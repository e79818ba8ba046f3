#include <fmt/core.h>

#include <algorithm>

#include "lang/value/ip_address.hpp"
#include "providers/dns/name.hpp"
#include "providers/dns/rewrites.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

std::string type_of(std::string_view address) {
  const auto parsed = parse_ip(address);
  return !parsed || parsed->bits == 32 ? "A" : "AAAA";
}

std::string plain(std::string value) {
  if (!value.empty() && value.back() == '.') value.pop_back();
  return value;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> found;
  for (const auto& one : elements(list)) found.push_back(tolerant_text(one).value_or(""));
  return found;
}

/// `192.168.50.10 app.lan other.lan` without one of its names; empty when it was the only one.
std::string without_name(const std::string& line, std::string_view address, std::string_view name) {
  const auto words = split_list(line, " \t");
  if (words.empty() || words.front() != address) return line;
  std::string kept;
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (full_name(words[at]) != full_name(name)) kept += ' ' + words[at];
  }
  return kept.empty() ? "" : words.front() + kept;
}

bool is_alias(const std::string& line, std::string_view name, std::string_view target) {
  const auto words = split_list(line, ",");
  return words.size() >= 2 && full_name(words[0]) == full_name(name) && full_name(words[1]) == full_name(target);
}

}  // namespace

Abilities PiHole::abilities() const {
  Abilities few{{"A", "AAAA", "CNAME"}};
  few.ttl = few.reverse = few.marks = false;
  return few;
}

Task<Result<std::string>> PiHole::log_in() {
  auto asking = api_.call("POST", "/api/auth", {}, Object{{"password", settings_.password}});
  const auto answer = co_await asking;
  const auto session = Fields(Fields(answer.json).at("session")).text_or("sid", "");
  if (answer.ok() && !session.empty()) co_return session;
  co_return Error{told("Pi-hole, POST /api/auth", answer),
                  "`password` is Pi-hole's, or an application password while `webserver.api.app_sudo` is on"};
}

/// Sessions are few: each is given back.
Task<Done> PiHole::log_out(std::string session) {
  auto asking = api_.call("DELETE", "/api/auth", {{"X-FTL-SID", session}});
  co_await asking;
  co_return Done{};
}

Task<Result<PiHole::Lists>> PiHole::lists(std::string session) {
  Lists found;
  for (const auto* name : {"hosts", "cnameRecords"}) {
    auto asking = api_.call("GET", fmt::format("/api/config/dns/{}", name), {{"X-FTL-SID", session}});
    const auto answer = co_await asking;
    if (!answer.ok()) co_return Error{told(fmt::format("Pi-hole, GET /api/config/dns/{}", name), answer)};
    const Fields config(Fields(answer.json).at("config"));
    auto& list = name == std::string_view("hosts") ? found.hosts : found.aliases;
    list = texts(Fields(config.at("dns")).at(name));
  }
  co_return found;
}

Task<Result<Zone>> PiHole::read(std::string zone) {
  auto logging = log_in();
  const auto session = co_await logging;
  if (!session) co_return session.error();
  auto reading = lists(*session);
  const auto found = co_await reading;
  auto leaving = log_out(*session);
  co_await leaving;
  if (!found) co_return found.error();
  Zone read;
  for (const auto& line : found->hosts) {
    const auto words = split_list(line, " \t");
    for (std::size_t at = 1; at < words.size(); ++at) {
      if (const auto name = name_in_zone(full_name(words[at]), zone))
        read[{*name, type_of(words[0])}].values.insert(words[0]);
    }
  }
  for (const auto& line : found->aliases) {
    const auto words = split_list(line, ",");
    if (words.size() < 2) continue;
    if (const auto name = name_in_zone(full_name(words[0]), zone))
      read[{*name, "CNAME"}].values.insert(full_name(words[1]));
  }
  co_return read;
}

Task<Written> PiHole::write(std::string zone, std::vector<Exchange> exchanges) {
  auto logging = log_in();
  const auto session = co_await logging;
  if (!session) co_return Written{Written::Fate::failed, session.error()};
  auto reading = lists(*session);
  auto now = co_await reading;
  Written written;
  if (!now) {
    written = {Written::Fate::failed, now.error()};
  } else {
    for (const auto& [key, before, after] : exchanges) {
      const auto name = plain(full_name(key.name, zone));
      const bool alias = key.type == "CNAME";
      auto& list = alias ? now->aliases : now->hosts;
      for (const auto& value : before ? before->values : std::set<std::string>{}) {
        if (after && after->values.count(value) != 0) continue;
        for (auto& line : list) {
          if (!alias) line = without_name(line, value, name);
          if (alias && is_alias(line, name, value)) line.clear();
        }
        list.erase(std::remove(list.begin(), list.end(), std::string()), list.end());
      }
      for (const auto& value : after ? after->values : std::set<std::string>{}) {
        if (before && before->values.count(value) != 0) continue;
        list.push_back(alias ? name + ',' + plain(value) : value + ' ' + name);
      }
    }
    Object dns{{"hosts", List(now->hosts.begin(), now->hosts.end())},
               {"cnameRecords", List(now->aliases.begin(), now->aliases.end())}};
    auto asking = api_.call("PATCH", "/api/config", {{"X-FTL-SID", *session}},
                            Object{{"config", Object{{"dns", std::move(dns)}}}});
    const auto answer = co_await asking;
    if (!answer.ok()) {
      written = {answer.status == 0 ? Written::Fate::failed : Written::Fate::refused,
                 Error{told("Pi-hole, PATCH /api/config", answer)}};
    }
  }
  auto leaving = log_out(*session);
  co_await leaving;
  co_return written;
}

}  // namespace nmx::dns
