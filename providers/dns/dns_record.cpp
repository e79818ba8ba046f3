#include "providers/dns/dns_record.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

using Tag = Type::Tag;

Schema record_schema() {
  const auto text = Type::simple(Tag::string);
  const auto flag = Type::simple(Tag::boolean);
  Schema schema;
  schema.interface.type = "dns_record";
  schema.interface.doc = "The DNS records of one name and type.";
  schema.natural_key = {"zone", "name", "type"};
  const auto add = [&](std::string name, Type type, std::string doc, AttributeRule rule = {}) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = name;
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    schema.rules.emplace(std::move(name), std::move(rule));
    return schema.interface.attributes.emplace_back(std::move(attribute));
  };
  const AttributeRule forces{OnChange::replace};
  add("zone", text,
      "The zone it stands in, `example.com`. Left out: the longest of the provider's zones that its full name lies in.",
      forces);
  add("name", text, "Its name, within the zone or in full; `@` is the zone itself, `*` every name that has no records.",
      forces)
      .fallback = "@";
  add("type", Type::enumeration_of(record_types()), "What kind of record.", forces).required = true;
  add("value", text, "What it says: `192.168.50.10`, `10 mail.example.com`, of a TXT the bare text.");
  add("values", Type::list_of(text), "Several of these; instead of `value`.");
  add("ttl", Type::simple(Tag::duration), "How long others may remember it.").fallback = Duration{300'000};
  add("ptr", flag,
      "Of A and AAAA: whether the address leads back to this name, where the provider serves the reverse zone. Left "
      "out: it does.");
  add("proxied", flag, "Cloudflare: whether its proxy stands in front.");
  add("adopt", flag, "Takes over records of this name and type that are already there and are not nmx's.",
      {OnChange::live, true, false, {}, {}});
  auto& full =
      add("fqdn", text, "Its full name, without the dot at the end.", {OnChange::live, false, true, {}, "nmx"});
  full.computed = true;
  full.settable = false;
  return schema;
}

std::string_view without_dot(std::string_view full) { return full.substr(0, full.size() - 1); }

bool is_address(std::string_view type) { return type == "A" || type == "AAAA"; }

/// Sorted and in normal form; what is no such value, or not known yet, stays as it is written.
Value normal_values(std::string_view type, const List& written) {
  std::vector<std::string> texts;
  List others;
  for (const auto& value : written) {
    const auto* text = value.string();
    if (text == nullptr) {
      others.push_back(value);
      continue;
    }
    const auto normal = normal_value(type, *text);
    texts.push_back(normal ? *normal : *text);
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  List values(texts.begin(), texts.end());
  values.insert(values.end(), others.begin(), others.end());
  return values;
}

bool has_reverse_place(const Value& values, const Served& served) {
  const auto& list = elements(values);
  return std::any_of(list.begin(), list.end(), [&](const Value& value) {
    return value.is_hole() || reverse_place(tolerant_text(value).value_or(""), served.zones()).has_value();
  });
}

}  // namespace

DnsRecord::DnsRecord() : schema_(record_schema()) {}

Object DnsRecord::normalise(const Object& written, const Facts& facts) const {
  const Served served(facts);
  auto object = without_nulls(written);
  const Fields fields(object);
  const auto type = fields.text_or("type", "");
  if (const auto name = fields.text("name"); name && !object.contains("zone")) {
    if (auto zone = zone_of(full_name(*name), served.zones()); !zone.empty()) object.set("zone", std::move(zone));
  }
  if (const auto zone = fields.text("zone")) {
    object.set("zone", zone_name(*zone));
    if (const auto name = fields.text("name")) {
      const auto full = full_name(*name, *zone);
      object.set("name", name_in_zone(full, zone_name(*zone)).value_or(full));
    }
  }
  if (const auto* one = object.find("value"); one != nullptr && !object.contains("values")) {
    const Value values = List{*one};
    object.erase("value");
    object.set("values", values);
  }
  if (const auto* values = object.find("values"); values != nullptr && values->is_list())
    object.set("values", normal_values(type, elements(*values)));
  if (const auto* ttl = object.find("ttl"); ttl != nullptr && ttl->is<Duration>())
    object.set("ttl", Duration{std::get<Duration>(ttl->held).milliseconds / 1000 * 1000});
  if (!served.has_ttl()) object.erase("ttl");
  if (!served.has_proxy()) object.erase("proxied");
  if (fields.boolean_or("proxied", false)) object.erase("ttl");  // Cloudflare then chooses
  // Of a server that is not there yet only what is written counts: the default follows from its zones.
  const bool may_lead_back =
      is_address(type) && served.has_reverse() && fields.text_or("name", "").substr(0, 1) != "*" &&
      (served.known() ? has_reverse_place(object.at_or_null("values"), served) : object.contains("ptr"));
  if (!may_lead_back) {
    object.erase("ptr");
  } else if (!object.contains("ptr")) {
    object.set("ptr", true);
  }
  return object;
}

Result<Object> DnsRecord::decide(const Deciding& deciding) const {
  const Fields wanted(deciding.wanted);
  const auto zone = wanted.text("zone");
  const auto name = wanted.text_or("name", "@");
  return Object{{"fqdn", std::string(without_dot(zone ? full_name(name, *zone) : full_name(name)))}};
}

Result<std::vector<Operation>> DnsRecord::operations(const Change& change, const Facts&) const {
  const auto step = [&](std::string verb, const Object& about, ChangeClass danger) {
    const auto record = unpack(about);
    Operation operation;
    operation.address = change.address;
    operation.type = change.type;
    operation.provider = change.provider;
    operation.danger = danger;
    operation.timeout_ms = 120'000;
    operation.batch = fmt::format("dns:{}", change.provider);
    operation.key = fmt::format("{} {}", record.full_name(), record.key.type);
    operation.summary = fmt::format("{} {} {}", verb, record.key.type, without_dot(record.full_name()));
    operation.verb = std::move(verb);
    if (!change.before.empty()) operation.arguments.set("before", change.before);
    return operation;
  };
  std::vector<Operation> operations;
  const bool goes = change.action == Action::destroy || change.action == Action::replace;
  const bool comes =
      change.action == Action::create || change.action == Action::update || change.action == Action::replace;
  if (goes) operations.push_back(step("delete", change.before, ChangeClass::destroy));
  if (comes) {
    const bool fresh = change.action != Action::update;
    operations.push_back(step(fresh ? "create" : "change", change.after, fresh ? ChangeClass::create : change.danger));
    auto& arguments = operations.back().arguments;
    arguments.set("wanted", change.after);
    if (change.action == Action::replace) arguments.erase("before");
  }
  if (!operations.empty()) operations.back().completes = true;
  return operations;
}

std::string WantedRecord::full_name() const { return dns::full_name(key.name, zone); }

std::string WantedRecord::id() const { return fmt::format("{} {}", without_dot(full_name()), key.type); }

std::optional<Object> identified(std::string_view id, const std::vector<std::string>& zones) {
  const auto words = split_list(id, " ");
  if (words.size() != 2) return std::nullopt;
  const auto full = full_name(words[0]);
  const auto zone = zone_of(full, zones);
  if (zone.empty()) return std::nullopt;
  Object object{{"zone", zone}, {"name", *name_in_zone(full, zone)}, {"type", words[1]}};
  if (is_address(words[1])) object.set("ptr", true);
  return object;
}

WantedRecord unpack(const Object& normal) {
  const Fields fields(normal);
  WantedRecord record;
  record.zone = fields.text_or("zone", "");
  record.key = {fields.text_or("name", "@"), fields.text_or("type", "")};
  for (const auto& value : elements(fields.at("values"))) record.set.values.insert(tolerant_text(value).value_or(""));
  if (const auto* ttl = std::get_if<Duration>(&fields.at("ttl").held)) record.set.ttl = ttl->milliseconds / 1000;
  record.set.proxied = fields.boolean_or("proxied", false);
  record.ptr = fields.boolean_or("ptr", false);
  record.adopt = fields.boolean_or("adopt", false);
  return record;
}

std::optional<ReversePlace> reverse_place(std::string_view address, const std::vector<std::string>& zones) {
  const auto full = reverse_name(address);
  if (full.empty()) return std::nullopt;
  const auto zone = zone_of(full, zones);
  if (zone.empty()) return std::nullopt;
  return ReversePlace{zone, {*name_in_zone(full, zone), "PTR"}};
}

std::optional<Object> observe(const Object& applied, const std::map<std::string, Zone>& zones, const Facts& facts) {
  const Served served(facts);
  const auto record = unpack(applied);
  const auto zone = zones.find(record.zone);
  if (zone == zones.end()) return std::nullopt;
  const auto found = zone->second.find(record.key);
  if (found == zone->second.end()) return std::nullopt;
  const auto& set = found->second;
  Object object{{"zone", record.zone},
                {"name", record.key.name},
                {"type", record.key.type},
                {"values", List(set.values.begin(), set.values.end())},
                {"fqdn", without_dot(record.full_name())}};
  if (served.has_ttl() && !set.proxied) object.set("ttl", Duration{set.ttl * 1000});
  if (served.has_proxy()) object.set("proxied", set.proxied);
  if (!applied.contains("ptr")) return object;
  bool leads_back = record.ptr;
  for (const auto& address : set.values) {
    const auto place = reverse_place(address, served.zones());
    if (!place || zones.count(place->zone) == 0) continue;
    const auto& reverse = zones.at(place->zone);
    const auto names = reverse.find(place->key);
    if (names == reverse.end() || names->second.values.count(record.full_name()) == 0) leads_back = false;
  }
  object.set("ptr", leads_back);
  return object;
}

}  // namespace nmx::dns
