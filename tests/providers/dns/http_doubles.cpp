#include "tests/providers/dns/http_doubles.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {
namespace {

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

Object body_of(const HttpRequest& request) {
  const auto json = from_json(request.body);
  return json && json->object() != nullptr ? *json->object() : Object{};
}

/// Without scheme and host.
std::string path_of(const HttpRequest& request) { return request.url.substr(request.url.find('/', 8)); }

HttpResponse json_answer(int status, const Value& body) {
  auto response = answer(to_json(body).value());
  response.status = status;
  return response;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// PowerDNS wants full names wherever one stands.
std::string fault_of(const Fields& set) {
  if (!ends_with(set.text_or("name", ""), "."))
    return fmt::format("DNS Name '{}' is not canonical", set.text_or("name", ""));
  const auto type = set.text_or("type", "");
  for (const auto& record : elements(set.at("records"))) {
    const auto content = Fields(record).text_or("content", "");
    const bool named = type == "CNAME" || type == "MX" || type == "SRV" || type == "NS" || type == "PTR";
    if (named && !ends_with(content, ".")) return fmt::format("Record content '{}' is not canonical", content);
    if (type == "TXT" && content.substr(0, 1) != "\"") return "Not in expected format (parsed as '" + content + "')";
  }
  return {};
}

}  // namespace

HttpResult PowerDnsDouble::operator()(const HttpRequest& request) {
  ++requests;
  if (header(request, "X-API-Key") != "secret-key") return refusal(401, "Unauthorized", "Unauthorized");
  const auto path = path_of(request);
  const std::string root = "/api/v1/servers/localhost/zones";
  if (path == root)
    return json_answer(200, List{Object{{"name", "example.com."}}, Object{{"name", "50.168.192.in-addr.arpa."}}});
  const auto zone = path.substr(root.size() + 1);
  if (zone != "example.com." && zone != "50.168.192.in-addr.arpa.") return refusal(404, "Not Found", "Not Found");
  if (request.method == "GET") {
    List list;
    for (const auto& [key, set] : sets) {
      if (ends_with(key.first, zone)) list.emplace_back(set);
    }
    return json_answer(200, Object{{"name", zone}, {"rrsets", list}});
  }
  auto changed = sets;
  const auto body = body_of(request);
  for (const auto& one : elements(body.at_or_null("rrsets"))) {
    const Fields fields(one);
    if (const auto fault = fault_of(fields); !fault.empty()) return json_answer(422, Object{{"error", fault}});
    const std::pair key(fields.text_or("name", ""), fields.text_or("type", ""));
    changed.erase(key);
    if (fields.text_or("changetype", "") == "REPLACE") changed.emplace(key, *one.object());
  }
  sets = std::move(changed);
  return refusal(204, "No Content");
}

std::string CloudflareDouble::apply(const Object& body) {
  auto changed = records;
  const auto find = [&](const Value& id) {
    return std::find_if(changed.begin(), changed.end(), [&](const Object& one) { return one.at_or_null("id") == id; });
  };
  for (const auto& one : elements(body.at_or_null("deletes"))) {
    const auto at = find(Fields(one).at("id"));
    if (at == changed.end()) return "Record does not exist.";
    changed.erase(at);
  }
  for (const auto& one : elements(body.at_or_null("patches"))) {
    const auto at = find(Fields(one).at("id"));
    if (at == changed.end()) return "Record does not exist.";
    for (const auto& [name, value] : *one.object()) at->set(name, value);
  }
  for (const auto& one : elements(body.at_or_null("posts"))) {
    auto record = *one.object();
    const Fields fields(record);
    const auto ttl = fields.integer_or("ttl", 1);
    if (ttl != 1 && (ttl < 60 || ttl > 86'400))
      return "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.";
    const auto type = fields.text_or("type", "");
    if ((type == "SRV" || type == "CAA") && !fields.at("data").is_object()) return "DNS record has invalid data.";
    if (type == "SRV") {
      const Fields data(fields.at("data"));
      record.set("content", fmt::format("{} {} {}", data.integer_or("weight", 0), data.integer_or("port", 0),
                                        data.text_or("target", "")));
    }
    record.set("id", fmt::format("r{}", next_id_++));
    changed.push_back(std::move(record));
  }
  records = std::move(changed);
  return {};
}

HttpResult CloudflareDouble::operator()(const HttpRequest& request) {
  ++requests;
  const auto refuse = [](int status, std::string why) {
    return json_answer(status, Object{{"success", false}, {"errors", List{Object{{"code", 1}, {"message", why}}}}});
  };
  if (header(request, "Authorization") != "Bearer secret-key") return refuse(403, "Authentication error");
  auto path = path_of(request).substr(std::string("/client/v4").size());
  const auto question = path.find('?');
  int page = 1;
  if (question != std::string::npos) page = std::stoi(path.substr(path.find("page=", question) + 5));
  path = path.substr(0, question);
  if (path == "/zones") {
    return json_answer(200, Object{{"success", true},
                                   {"result", List{Object{{"id", "z1"}, {"name", "example.com"}}}},
                                   {"result_info", Object{{"total_pages", 1}}}});
  }
  if (request.method == "GET") {
    List list;
    for (std::size_t at = static_cast<std::size_t>(page - 1) * 100; at < records.size() && list.size() < 100; ++at)
      list.emplace_back(records[at]);
    const auto pages = static_cast<std::int64_t>((records.size() + 99) / 100);
    return json_answer(200,
                       Object{{"success", true}, {"result", list}, {"result_info", Object{{"total_pages", pages}}}});
  }
  if (path != "/zones/z1/dns_records/batch") return refuse(404, "not found");
  const auto body = body_of(request);
  std::size_t operations = 0;
  for (const auto* name : {"deletes", "patches", "posts"}) operations += elements(body.at_or_null(name)).size();
  if (operations > static_cast<std::size_t>(most_operations)) return refuse(400, "too many operations");
  const auto fault = apply(body);
  if (!fault.empty()) return refuse(400, fault);
  return json_answer(200, Object{{"success", true}, {"result", Object{}}});
}

HttpResult AdGuardDouble::operator()(const HttpRequest& request) {
  ++requests;
  if (header(request, "Authorization") != "Basic bm14OnNlY3JldA==") return refusal(401, "Unauthorized", "unauthorized");
  const auto path = path_of(request);
  const auto body = body_of(request);
  const auto rule = [](const Value& value) {
    return std::pair(Fields(value).text_or("domain", ""), Fields(value).text_or("answer", ""));
  };
  if (path == "/control/rewrite/list") {
    List list;
    for (const auto& [domain, target] : rewrites)
      list.emplace_back(Object{{"domain", domain}, {"answer", target}, {"enabled", true}});
    return json_answer(200, list);
  }
  if (path == "/control/rewrite/add") {
    rewrites.push_back(rule(body));
    return answer("");
  }
  const bool update = path == "/control/rewrite/update";
  const auto target = rule(update ? body.at_or_null("target") : Value(body));
  const auto at = std::find(rewrites.begin(), rewrites.end(), target);
  if (update && (request.method != "PUT" || at == rewrites.end()))
    return refusal(400, "Bad Request", "target rule not found\n");
  if (update) *at = rule(body.at_or_null("update"));
  if (!update && at != rewrites.end()) rewrites.erase(at);
  return answer("");
}

HttpResult PiHoleDouble::operator()(const HttpRequest& request) {
  const auto path = path_of(request);
  if (path == "/api/auth" && request.method == "POST") {
    if (Fields(body_of(request)).text_or("password", "") != "secret")
      return json_answer(401, Object{{"error", Object{{"key", "unauthorized"}, {"message", "Unauthorized"}}}});
    ++sessions;
    return json_answer(200, Object{{"session", Object{{"valid", true}, {"sid", "s1"}}}});
  }
  if (sessions < 1 || header(request, "X-FTL-SID") != "s1") return refusal(401, "Unauthorized");
  if (path == "/api/auth") {
    --sessions;
    return refusal(204, "No Content");
  }
  const auto lists = [&] {
    return Object{{"hosts", List(hosts.begin(), hosts.end())}, {"cnameRecords", List(aliases.begin(), aliases.end())}};
  };
  if (request.method == "GET") return json_answer(200, Object{{"config", Object{{"dns", lists()}}}});
  const auto config = body_of(request);
  const Fields dns(Fields(config.at_or_null("config")).at("dns"));
  hosts.clear();
  aliases.clear();
  for (const auto& one : elements(dns.at("hosts"))) hosts.push_back(tolerant_text(one).value_or(""));
  for (const auto& one : elements(dns.at("cnameRecords"))) aliases.push_back(tolerant_text(one).value_or(""));
  ++restarts;
  return json_answer(200, Object{{"config", Object{{"dns", lists()}}}});
}

}  // namespace nmx::test
