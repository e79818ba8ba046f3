#include "providers/dns/powerdns.hpp"

#include <fmt/core.h>

#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

std::string zone_path(std::string_view zone) { return fmt::format("/zones/{}", full_name(zone)); }

Value to_rrset(std::string_view zone, const Exchange& exchange) {
  Object set{{"name", full_name(exchange.key.name, zone)},
             {"type", exchange.key.type},
             {"changetype", exchange.after ? "REPLACE" : "DELETE"}};
  if (!exchange.after) return set;
  List records;
  for (const auto& value : exchange.after->values)
    records.emplace_back(Object{{"content", file_value(exchange.key.type, value)}, {"disabled", false}});
  set.set("ttl", exchange.after->ttl);
  set.set("records", std::move(records));
  List comments;
  if (!exchange.after->mark.empty())
    comments.emplace_back(Object{{"content", exchange.after->mark}, {"account", "nmx"}});
  set.set("comments", std::move(comments));
  return set;
}

}  // namespace

Abilities PowerDns::abilities() const { return {record_types()}; }

Task<ApiAnswer> PowerDns::call(std::string method, std::string path, Value body) {
  return api_.call(std::move(method), "/api/v1/servers/localhost" + path, {{"X-API-Key", settings_.key}},
                   std::move(body));
}

Task<Result<std::vector<std::string>>> PowerDns::zones() {
  if (!settings_.zones.empty()) co_return settings_.zones;
  auto asking = call("GET", "/zones");
  const auto answer = co_await asking;
  if (!answer.ok()) {
    co_return Error{told("PowerDNS, GET /zones", answer),
                    answer.status == 401 ? "`api_key` is what `api-key` says in pdns.conf" : ""};
  }
  std::vector<std::string> names;
  for (const auto& zone : elements(answer.json)) names.push_back(zone_name(Fields(zone).text_or("name", "")));
  co_return names;
}

Task<Result<Zone>> PowerDns::read(std::string zone) {
  auto asking = call("GET", zone_path(zone));
  const auto answer = co_await asking;
  if (!answer.ok()) {
    co_return Error{fmt::format("cannot read zone `{}`: {}", zone, told("PowerDNS", answer)),
                    answer.status == 404 ? "make the zone first: `pdnsutil create-zone " + zone + "`" : ""};
  }
  Zone found;
  for (const auto& one : elements(Fields(answer.json).at("rrsets"))) {
    const Fields fields(one);
    const auto type = fields.text_or("type", "");
    const auto name = name_in_zone(full_name(fields.text_or("name", "")), zone);
    if (!name || type == "SOA") continue;
    RecordSet set;
    set.ttl = fields.integer_or("ttl", 0);
    for (const auto& record : elements(fields.at("records"))) {
      const auto content = Fields(record).text_or("content", "");
      const auto value = type_number(type) == 0 ? Result<std::string>(content) : from_file_value(type, content);
      set.values.insert(value ? *value : content);
    }
    for (const auto& comment : elements(fields.at("comments"))) {
      const auto text = Fields(comment).text_or("content", "");
      if (is_mark(text)) set.mark = text;
    }
    found.emplace(RecordKey{*name, type}, std::move(set));
  }
  co_return found;
}

Task<Written> PowerDns::write(std::string zone, std::vector<Exchange> exchanges) {
  List sets;
  for (const auto& exchange : exchanges) sets.push_back(to_rrset(zone, exchange));
  auto asking = call("PATCH", zone_path(zone), Object{{"rrsets", std::move(sets)}});
  const auto answer = co_await asking;
  if (answer.ok()) co_return Written{};
  co_return Written{answer.status == 0 ? Written::Fate::failed : Written::Fate::refused,
                    Error{fmt::format("cannot change zone `{}`: {}", zone, told("PowerDNS", answer))}};
}

}  // namespace nmx::dns
