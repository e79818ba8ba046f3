#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/firewall.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

/// What of a request belongs to the rule itself.
const std::vector<std::string>& fields() {
  static const std::vector<std::string> names{"action", "comment", "dest",  "dport",  "enable", "icmp-type", "iface",
                                              "log",    "macro",   "proto", "source", "sport",  "type"};
  return names;
}

std::string field(const Options& rule, const char* name) {
  const auto found = rule.find(name);
  return found == rule.end() ? std::string() : found->second;
}

/// The alias or set that a source or destination names, unknown: what the server says.
std::optional<std::string> unknown_name(const World& world, const Firewall& firewall, std::string text) {
  if (text.empty()) return std::nullopt;
  const bool is_set = text.front() == '+';
  if (is_set) text.erase(0, 1);
  if (!is_set && ip_version(text)) return std::nullopt;
  const auto slash = text.find('/');
  const auto scope = slash == std::string::npos ? std::string() : text.substr(0, slash);
  const auto name = slash == std::string::npos ? text : text.substr(slash + 1);
  const auto has = [&](const Firewall& where) {
    return is_set ? where.sets.contains(name) : where.aliases.contains(name);
  };
  if (scope != "dc" && has(firewall)) return std::nullopt;
  if (scope != "guest" && has(world.cluster_firewall)) return std::nullopt;
  return fmt::format("no such {} '{}'", is_set ? "ipset" : "alias", text);
}

const Options& rule_at(const Call& call, const std::vector<Options>& rules) {
  const auto position = static_cast<std::size_t>(call.number("pos"));
  if (position >= rules.size()) throw Refused{500, fmt::format("no rule at position {}", position)};
  return rules[position];
}

Json show(const World& world, const Firewall& firewall, FirewallOf where, const Options& rule) {
  auto shown = Json::object();
  for (const auto& [name, value] : rule) shown[name] = value;
  if (rule.contains("enable")) shown["enable"] = std::stoi(rule.at("enable"));
  // A line of the file holds one line of it.
  if (rule.contains("comment")) shown["comment"] = rule.at("comment").substr(0, rule.at("comment").find('\n'));
  for (const auto* side : {"source", "dest"}) {
    if (const auto version = ip_version(field(rule, side))) shown["ipversion"] = *version;
  }
  if (field(rule, "proto") == "icmp") shown["ipversion"] = 4;
  auto errors = rule_errors(world, firewall, where, rule);
  if (!errors.empty()) shown["errors"] = errors;
  return shown;
}

void check(const Call& call, FirewallOf where, const Options& rule) {
  auto errors = rule_errors(call.world, firewall_of(call), where, rule);
  if (!errors.empty()) throw Refused{400, "Parameter verification failed.", std::move(errors)};
}

/// What the request says of a rule, over what it was.
Options merged(const Call& call, Options rule) {
  for (const auto& name : fields()) {
    if (call.has(name.c_str())) rule[name] = call.text(name.c_str());
  }
  for (const auto& name : split_list(call.text("delete"))) rule.erase(name);
  rule.try_emplace("enable", "0");
  return rule;
}

}  // namespace

Errors rule_errors(const World& world, const Firewall& firewall, FirewallOf where, const Options& rule) {
  Errors errors;
  const auto type = field(rule, "type");
  const auto action = field(rule, "action");
  if (type == "forward" && where == FirewallOf::guest) errors["type"] = "invalid rule type 'forward' for rule_env 'ct'";
  if (type == "group" && where == FirewallOf::group) errors["type"] = "security groups not allowed";
  if (type != "group" && action != "ACCEPT" && action != "DROP" && action != "REJECT")
    errors["action"] = fmt::format("unknown action '{}'", action);
  const auto iface = field(rule, "iface");
  if (!iface.empty() && where == FirewallOf::guest && !matches(iface, "net[0-9]+"))
    errors["iface"] = "value does not match the regex pattern 'net\\d+'";
  if (const auto macro = field(rule, "macro"); !macro.empty()) {
    const auto& known = firewall_macros();
    if (std::none_of(known.begin(), known.end(), [&](const auto& one) { return one.first == macro; }))
      errors["macro"] = fmt::format("unknown macro '{}'", macro);
  }
  for (const auto* needs_protocol : {"dport", "sport", "icmp-type"}) {
    if (rule.contains(needs_protocol) && !rule.contains("proto"))
      errors["proto"] = fmt::format("missing property - '{}' requires this property", needs_protocol);
  }
  for (const auto* side : {"source", "dest"}) {
    if (const auto error = unknown_name(world, firewall, field(rule, side))) errors[side] = *error;
  }
  const auto from = ip_version(field(rule, "source"));
  const auto to = ip_version(field(rule, "dest"));
  if (from && to && *from != *to) errors["dest"] = "detected mixed ipv4/ipv6 addresses in rule";
  return errors;
}

std::string digest_of(const std::vector<Options>& entries) {
  std::string text;
  for (const auto& entry : entries) {
    for (const auto& [name, value] : entry) text += fmt::format("{} {}\n", name, value);
    if (!entry.empty()) text += "\n";
  }
  return sha1_of(text);
}

void check_firewall_digest(const Call& call, const std::string& digest) {
  if (call.has("digest") && !call.text("digest").empty() && call.text("digest") != digest)
    throw Refused{500, "detected modified configuration - file changed by other user? Try again."};
}

Json show_rules(const World& world, const Firewall& firewall, FirewallOf where, const std::vector<Options>& rules) {
  auto entries = Json::array();
  for (const auto& rule : rules) {
    auto entry = show(world, firewall, where, rule);
    entry["pos"] = entries.size();
    entry["digest"] = digest_of(rules);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json show_rule(Call& call, FirewallOf where, const std::vector<Options>& rules) {
  auto entry = show(call.world, firewall_of(call), where, rule_at(call, rules));
  entry["pos"] = call.text("pos");
  entry["digest"] = digest_of(rules);
  return entry;
}

void add_rule(Call& call, FirewallOf where, std::vector<Options>& rules) {
  check_firewall_digest(call, digest_of(rules));
  auto rule = merged(call, {});
  check(call, where, rule);
  // Whatever position was asked for, the newest stands first.
  rules.insert(rules.begin(), std::move(rule));
  call.world.changed = true;
}

void change_rule(Call& call, FirewallOf where, std::vector<Options>& rules) {
  check_firewall_digest(call, digest_of(rules));
  const auto position = static_cast<std::ptrdiff_t>(call.number("pos"));
  auto rule = merged(call, rule_at(call, rules));
  if (call.has("moveto")) {
    const auto target =
        std::min(static_cast<std::ptrdiff_t>(call.number("moveto")), static_cast<std::ptrdiff_t>(rules.size()));
    rules.erase(rules.begin() + position);
    rules.insert(rules.begin() + (target > position ? target - 1 : target), std::move(rule));
  } else {
    check(call, where, rule);
    rules[static_cast<std::size_t>(position)] = std::move(rule);
  }
  call.world.changed = true;
}

void remove_rule(Call& call, std::vector<Options>& rules) {
  check_firewall_digest(call, digest_of(rules));
  rule_at(call, rules);
  rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(call.number("pos")));
  call.world.changed = true;
}

ParameterSet rule_parameters() {
  const std::vector<std::string> levels{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"};
  return ParameterSet{
      {text("action").like(R"([A-Za-z][A-Za-z0-9\-_]+)").at_least(2).up_to(20), text("comment"),
       text("dest").named("pve-fw-addr-spec").up_to(512), text("digest").up_to(64),
       text("dport").named("pve-fw-port-spec"), integer("enable").from(0),
       text("icmp-type").named("pve-fw-icmp-type-spec"), text("iface").named("pve-iface").at_least(2).up_to(20),
       text("log").one_of(levels), text("macro").up_to(128), integer("pos").from(0),
       text("proto").named("pve-fw-protocol-spec"), text("source").named("pve-fw-addr-spec").up_to(512),
       text("sport").named("pve-fw-port-spec"), text("type").one_of({"in", "out", "forward", "group"})},
      {}};
}

}  // namespace nmx::lab::proxmox
