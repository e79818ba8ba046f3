#include <fmt/core.h>

#include "lang/value/functions/digest.hpp"
#include "lang/value/ip_address.hpp"
#include "providers/dns/name.hpp"
#include "providers/dns/rewrites.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

/// An answer that is `A` or `AAAA` itself lets the upstream's answer pass; that is a stranger's, of no type of ours.
std::string type_of(std::string_view answer) {
  if (answer == "A" || answer == "AAAA") return "PASS";
  const auto address = parse_ip(answer);
  if (!address) return "CNAME";
  return address->bits == 32 ? "A" : "AAAA";
}

std::string plain(std::string value) {
  if (!value.empty() && value.back() == '.') value.pop_back();
  return value;
}

}  // namespace

Abilities AdGuard::abilities() const {
  Abilities few{{"A", "AAAA", "CNAME"}};
  few.ttl = few.reverse = few.marks = false;
  return few;
}

Task<ApiAnswer> AdGuard::call(std::string method, std::string path, Value body) {
  const auto login = base64(settings_.user + ":" + settings_.password);
  return api_.call(std::move(method), "/control/rewrite" + path, {{"Authorization", "Basic " + login}},
                   std::move(body));
}

Task<Result<Zone>> AdGuard::read(std::string zone) {
  auto asking = call("GET", "/list");
  const auto answer = co_await asking;
  if (!answer.ok()) {
    co_return Error{
        told("AdGuard Home, GET /control/rewrite/list", answer),
        answer.status == 401 || answer.status == 403 ? "`user` and `password` are those of its web page" : ""};
  }
  Zone found;
  for (const auto& one : elements(answer.json)) {
    const Fields fields(one);
    const auto name = name_in_zone(full_name(fields.text_or("domain", "")), zone);
    if (!name) continue;
    const auto text = fields.text_or("answer", "");
    const auto type = type_of(text);
    found[{*name, type}].values.insert(type == "CNAME" ? full_name(text) : text);
  }
  co_return found;
}

Task<Written> AdGuard::write(std::string zone, std::vector<Exchange> exchanges) {
  for (const auto& [key, before, after] : exchanges) {
    const auto domain = plain(full_name(key.name, zone));
    std::vector<std::string> gone;
    std::vector<std::string> fresh;
    if (before) {
      for (const auto& value : before->values) {
        if (!after || after->values.count(value) == 0) gone.push_back(plain(value));
      }
    }
    if (after) {
      for (const auto& value : after->values) {
        if (!before || before->values.count(value) == 0) fresh.push_back(plain(value));
      }
    }
    const auto rule = [&](const std::string& answer) { return Object{{"domain", domain}, {"answer", answer}}; };
    for (std::size_t at = 0; at < std::max(gone.size(), fresh.size()); ++at) {
      const bool both = at < gone.size() && at < fresh.size();
      std::string method = both ? "PUT" : "POST";
      std::string path = both ? "/update" : at < gone.size() ? "/delete" : "/add";
      Value body = both               ? Object{{"target", rule(gone[at])}, {"update", rule(fresh[at])}}
                   : at < gone.size() ? rule(gone[at])
                                      : rule(fresh[at]);
      auto asking = call(method, path, std::move(body));
      const auto answer = co_await asking;
      if (answer.ok()) continue;
      const bool moved = answer.text.find("target rule not found") != std::string::npos;
      co_return Written{answer.status == 0 ? Written::Fate::failed
                        : moved            ? Written::Fate::changed
                                           : Written::Fate::refused,
                        Error{told(fmt::format("AdGuard Home, {} for {}", path.substr(1), domain), answer)}};
    }
  }
  co_return Written{};
}

}  // namespace nmx::dns
