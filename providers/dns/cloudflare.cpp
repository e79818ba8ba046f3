#include "providers/dns/cloudflare.hpp"

#include <fmt/core.h>

#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

constexpr int page_size = 100;
constexpr std::size_t batch_size = 200;  // of the free plan

std::string without_dot(std::string full) {
  if (!full.empty() && full.back() == '.') full.pop_back();
  return full;
}

/// What a record says, in the words of the API.
Object content_of(std::string_view type, const std::string& value) {
  const auto words = words_of(value);
  if (type == "TXT") return {{"content", file_value("TXT", value)}};
  if (type == "MX")
    return {{"priority", tolerant_integer(words.at(0)).value_or(0)}, {"content", without_dot(words.at(1))}};
  if (type == "SRV") {
    return {{"data", Object{{"priority", tolerant_integer(words.at(0)).value_or(0)},
                            {"weight", tolerant_integer(words.at(1)).value_or(0)},
                            {"port", tolerant_integer(words.at(2)).value_or(0)},
                            {"target", without_dot(words.at(3))}}}};
  }
  if (type == "CAA") {
    return {
        {"data",
         Object{{"flags", tolerant_integer(words.at(0)).value_or(0)}, {"tag", words.at(1)}, {"value", words.at(2)}}}};
  }
  return {{"content", without_dot(value)}};
}

std::string value_of(std::string_view type, const Fields& record) {
  const auto content = record.text_or("content", "");
  const Fields data(record.at("data"));
  std::string written = content;
  if (type == "TXT") return content.substr(0, 1) == "\"" ? from_file_value("TXT", content).value() : content;
  if (type == "MX") written = fmt::format("{} {}", record.integer_or("priority", 0), content);
  if (type == "SRV" && record.at("data").is_object()) {
    written = fmt::format("{} {} {} {}", data.integer_or("priority", 0), data.integer_or("weight", 0),
                          data.integer_or("port", 0), data.text_or("target", ""));
  }
  if (type == "CAA" && record.at("data").is_object()) {
    written =
        fmt::format("{} {} \"{}\"", data.integer_or("flags", 0), data.text_or("tag", ""), data.text_or("value", ""));
  }
  const auto normal = type_number(type) == 0 ? Result<std::string>(written) : normal_value(type, written);
  return normal ? *normal : written;
}

/// What every record of a set says beside its value.
Object surroundings(const RecordSet& set, std::string_view type) {
  Object fields{{"ttl", set.proxied ? std::int64_t{1} : set.ttl}, {"comment", set.mark}};
  if (type == "A" || type == "AAAA" || type == "CNAME") fields.set("proxied", set.proxied);
  return fields;
}

enum class Order { deletes, patches, posts };
struct Step {
  Order order;
  Value what;
};

}  // namespace

Abilities Cloudflare::abilities() const {
  Abilities all{record_types()};
  all.proxied = true;
  return all;
}

Task<ApiAnswer> Cloudflare::call(std::string method, std::string path, Value body) {
  return api_.call(std::move(method), std::move(path), {{"Authorization", "Bearer " + settings_.token}},
                   std::move(body));
}

Task<Result<List>> Cloudflare::all_of(std::string path) {
  List all;
  for (std::int64_t page = 1;; ++page) {
    auto asking = call("GET", fmt::format("{}?page={}&per_page={}", path, page, page_size));
    const auto answer = co_await asking;
    const Fields fields(answer.json);
    if (!answer.ok() || !fields.boolean_or("success", false)) {
      co_return Error{told("Cloudflare, GET " + path, answer),
                      answer.status == 401 || answer.status == 403
                          ? "the token needs `Zone: DNS: Edit` and `Zone: Zone: Read` for the zone"
                          : ""};
    }
    const auto& found = elements(fields.at("result"));
    all.insert(all.end(), found.begin(), found.end());
    const Fields about(fields.at("result_info"));
    if (found.empty() || page >= about.integer_or("total_pages", 1)) co_return all;
  }
}

Task<Result<std::vector<std::string>>> Cloudflare::zones() {
  auto asking = all_of("/zones");
  const auto found = co_await asking;
  if (!found) co_return found.error();
  for (const auto& zone : *found)
    zone_ids_[zone_name(Fields(zone).text_or("name", ""))] = Fields(zone).text_or("id", "");
  auto names = settings_.zones;
  if (names.empty()) {
    for (const auto& [name, id] : zone_ids_) names.push_back(name);
  }
  for (const auto& name : names) {
    if (zone_ids_.count(name) == 0)
      co_return Error{fmt::format("Cloudflare: the token sees no zone `{}`", name),
                      "give it `Zone: DNS: Edit` and `Zone: Zone: Read` for the zone"};
  }
  co_return names;
}

Task<Result<Zone>> Cloudflare::read(std::string zone) {
  auto asking = all_of(fmt::format("/zones/{}/dns_records", zone_ids_[zone]));
  const auto records = co_await asking;
  if (!records)
    co_return Error{fmt::format("cannot read zone `{}`: {}", zone, records.error().message), records.error().help};
  std::erase_if(ids_, [&](const auto& entry) { return std::get<0>(entry.first) == zone; });
  Zone found;
  for (const auto& record : *records) {
    const Fields fields(record);
    const auto type = fields.text_or("type", "");
    const auto name = name_in_zone(full_name(fields.text_or("name", "")), zone);
    if (!name) continue;
    const RecordKey key{*name, type};
    const auto value = value_of(type, fields);
    auto& set = found[key];
    set.ttl = fields.integer_or("ttl", 1);
    set.proxied = fields.boolean_or("proxied", false);
    set.values.insert(value);
    if (const auto comment = fields.text_or("comment", ""); is_mark(comment)) set.mark = comment;
    ids_[{zone, key, value}] = fields.text_or("id", "");
  }
  co_return found;
}

Task<Written> Cloudflare::write(std::string zone, std::vector<Exchange> exchanges) {
  std::vector<Step> steps;
  for (const auto& [key, before, after] : exchanges) {
    const auto old = before.value_or(RecordSet{});
    const auto now = after.value_or(RecordSet{});
    const bool same = old.ttl == now.ttl && old.mark == now.mark && old.proxied == now.proxied;
    for (const auto& value : old.values) {
      const auto id = ids_.find({zone, key, value});
      if (id == ids_.end()) continue;
      Object what{{"id", id->second}};
      if (now.values.count(value) == 0) {
        steps.push_back({Order::deletes, std::move(what)});
      } else if (!same) {
        for (const auto& [name, field] : surroundings(now, key.type)) what.set(name, field);
        steps.push_back({Order::patches, std::move(what)});
      }
    }
    for (const auto& value : now.values) {
      if (old.values.count(value) != 0) continue;
      auto what = content_of(key.type, value);
      what.set("name", without_dot(full_name(key.name, zone)));
      what.set("type", key.type);
      for (const auto& [name, field] : surroundings(now, key.type)) what.set(name, field);
      steps.push_back({Order::posts, std::move(what)});
    }
  }
  for (std::size_t at = 0; at < steps.size(); at += batch_size) {
    List deletes;
    List patches;
    List posts;
    for (std::size_t one = at; one < steps.size() && one < at + batch_size; ++one) {
      auto& list = steps[one].order == Order::deletes ? deletes : steps[one].order == Order::patches ? patches : posts;
      list.push_back(steps[one].what);
    }
    auto asking = call("POST", fmt::format("/zones/{}/dns_records/batch", zone_ids_[zone]),
                       Object{{"deletes", deletes}, {"patches", patches}, {"posts", posts}});
    const auto answer = co_await asking;
    if (answer.ok() && Fields(answer.json).boolean_or("success", false)) continue;
    co_return Written{answer.status == 0 ? Written::Fate::failed : Written::Fate::refused,
                      Error{fmt::format("cannot change zone `{}`: {}", zone, told("Cloudflare", answer))}};
  }
  co_return Written{};
}

}  // namespace nmx::dns
