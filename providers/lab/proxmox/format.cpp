#include "providers/lab/proxmox/format.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "providers/lab/proxmox/firewall_words.hpp"

namespace nmx::lab::proxmox {
namespace {

using Check = std::function<std::optional<std::string>(std::string_view)>;

bool prefixed(std::string_view text, bool (*is_address)(std::string_view), int longest) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !is_address(text.substr(0, slash))) return false;
  const auto digits = text.substr(slash + 1);
  if (!matches(digits, "[0-9]+") || digits.size() > 3) return false;
  const int bits = std::stoi(std::string(digits));
  return bits >= 8 && bits <= longest;
}

Check pattern(const char* expression, std::string error) {
  return [expression, error = std::move(error)](std::string_view value) -> std::optional<std::string> {
    if (matches(value, expression)) return std::nullopt;
    const auto placeholder = error.find("<v>");
    if (placeholder == std::string::npos) return error;
    return error.substr(0, placeholder) + std::string(value) + error.substr(placeholder + 3);
  };
}

Check predicate(std::function<bool(std::string_view)> holds, std::string error) {
  return [holds = std::move(holds), error = std::move(error)](std::string_view value) -> std::optional<std::string> {
    if (holds(value)) return std::nullopt;
    return error;
  };
}

std::optional<std::string> storage_id(std::string_view value) {
  if (value.size() < 2) return fmt::format("storage ID '{}' cannot be shorter than 2 characters", value);
  if (!matches(value, R"([a-zA-Z][a-zA-Z0-9\-_.]*[a-zA-Z0-9])")) {
    return fmt::format("storage ID '{}' contains illegal characters", value);
  }
  return std::nullopt;
}

std::optional<std::string> pool_id(std::string_view value) {
  constexpr const char* part = R"([A-Za-z0-9.\-_]+(?:/[A-Za-z0-9.\-_]+){0,2})";
  if (matches(value, part)) return std::nullopt;
  if (std::count(value.begin(), value.end(), '/') > 2) {
    return fmt::format("pool name '{}' nested too deeply (max levels = 3)", value);
  }
  return fmt::format("pool name '{}' contains invalid characters", value);
}

std::optional<std::string> mount_string(std::string_view value) {
  const bool climbs = RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), R"(/\.\.?/|/\.\.?$|^\.\./)");
  if (climbs) return fmt::format("{} contains illegal character sequences", value);
  return std::nullopt;
}

std::optional<std::string> device_string(std::string_view value) {
  const bool climbs = RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), R"(/\.\.?/)");
  if (value.rfind("/dev/", 0) == 0 && !climbs) return std::nullopt;
  return fmt::format("{} is not a valid device path", value);
}

std::optional<std::string> startup(std::string_view value) {
  const auto error = std::string("unable to parse startup options");
  if (value.empty() || value == "0") return error;
  std::size_t at = 0;
  while (at <= value.size()) {
    const auto comma = std::min(value.find(',', at), value.size());
    const auto part = value.substr(at, comma - at);
    at = comma + 1;
    if (part.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (!matches(part, "(order=)?[0-9]+|up=[0-9]+|down=[0-9]+")) return error;
  }
  return std::nullopt;
}

/// `22`, `http`, `1000:2000,8080`.
std::optional<std::string> ports(std::string_view value) {
  static const std::set<std::string> services{"domain", "ftp",    "http",       "https", "imap",      "imaps",
                                              "ldap",   "ldaps",  "mysql",      "nfs",   "ntp",       "pop3",
                                              "pop3s",  "rsync",  "postgresql", "smtp",  "smtps",     "snmp",
                                              "ssh",    "syslog", "telnet",     "tftp",  "submission"};
  for (const auto& part : split_list(value)) {
    const auto colon = part.find(':');
    for (const auto& port : {part.substr(0, colon), colon == std::string::npos ? part : part.substr(colon + 1)}) {
      const bool numbered = matches(port, "[0-9]{1,5}") && std::stoi(port) <= 65535;
      if (!numbered && !services.contains(port)) return fmt::format("invalid port '{}'", part);
    }
  }
  return std::nullopt;
}

bool is_cidr(std::string_view value) {
  return is_ipv4(value) || is_ipv6(value) || prefixed(value, is_ipv4, 32) || prefixed(value, is_ipv6, 128);
}

std::optional<std::string> storage_pair(std::string_view value) {
  if (value == "1") return std::nullopt;
  const auto colon = value.find(':');
  const bool is_pair = colon != std::string_view::npos && colon + 1 < value.size() &&
                       value.find(':', colon + 1) == std::string_view::npos;
  const auto parts = is_pair ? std::vector<std::string_view>{value.substr(0, colon), value.substr(colon + 1)}
                             : std::vector<std::string_view>{value};
  for (const auto part : parts) {
    if (const auto error = storage_id(part))
      return fmt::format("entry '{}' contains invalid ID - {}\n\n", value, *error);
  }
  return std::nullopt;
}

const std::map<std::string, Check, std::less<>>& checks() {
  static const std::map<std::string, Check, std::less<>> table = {
      {"pve-vmid", pattern("[1-9][0-9]{2,8}", "value does not look like a valid VM ID")},
      {"pve-node", pattern(R"([a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?)", "value does not look like a valid node name")},
      {"pve-configid", pattern("[a-zA-Z][a-zA-Z0-9_-]+", "invalid configuration ID '<v>'")},
      {"pve-storage-id", storage_id},
      {"pve-volume-id", pattern(R"(([a-zA-Z][a-zA-Z0-9\-_.]*[a-zA-Z0-9]):(.+))", "unable to parse volume ID '<v>'")},
      {"pve-poolid", pool_id},
      {"pve-realm", pattern(R"([A-Za-z][A-Za-z0-9.\-_]+)", "value does not look like a valid realm")},
      {"pve-userid",
       pattern(R"([^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+)", "value '<v>' does not look like a valid user name")},
      {"pve-tag", pattern(R"([a-zA-Z0-9_][a-zA-Z0-9_\-+.]*)", "invalid characters in tag")},
      {"dns-name", pattern(R"((([a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?)\.)*([a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?))",
                           "value does not look like a valid DNS name")},
      {"mac-addr", pattern("[a-fA-F0-9][02468aceACE](?::[a-fA-F0-9]{2}){5}",
                           "value does not look like a valid unicast MAC address")},
      {"ipv4", predicate(is_ipv4, "value does not look like a valid IPv4 address")},
      {"ipv6", predicate(is_ipv6, "value does not look like a valid IPv6 address")},
      {"ip", predicate([](auto v) { return is_ipv4(v) || is_ipv6(v); }, "value does not look like a valid IP address")},
      {"lxc-ip-with-ll-iface", predicate(
                                   [](std::string_view v) {
                                     const auto percent = v.find('%');
                                     const bool linked =
                                         percent != std::string_view::npos && v.rfind("fe80:", 0) == 0 &&
                                         matches(v.substr(percent + 1), R"([a-zA-Z][a-zA-Z0-9_]{1,20}([:.][0-9]+)?)");
                                     return is_ipv4(v) || is_ipv6(linked ? v.substr(0, percent) : v);
                                   },
                                   "value does not look like a valid IP address")},
      {"pve-ipv4-config", predicate([](auto v) { return v == "dhcp" || v == "manual" || prefixed(v, is_ipv4, 32); },
                                    "value does not look like a valid ipv4 network configuration")},
      {"pve-ipv6-config",
       predicate([](auto v) { return v == "auto" || v == "dhcp" || v == "manual" || prefixed(v, is_ipv6, 128); },
                 "value does not look like a valid ipv6 network configuration")},
      {"disk-size",
       [](std::string_view v) -> std::optional<std::string> {
         if (parse_size(v)) return std::nullopt;
         return fmt::format("value does not look like a valid disk size: {}", v);
       }},
      {"pve-startup-order", startup},
      {"IPorCIDR", predicate(is_cidr, "value does not look like a valid IP address or CIDR network")},
      {"IPorCIDRorAlias",
       predicate([](auto v) { return is_cidr(v) || matches(v, R"(((guest|dc)/)?[A-Za-z][A-Za-z0-9\-_]+)"); },
                 "value does not look like a valid IP address or CIDR network")},
      {"pve-fw-addr-spec", address_error},
      {"pve-fw-port-spec", ports},
      {"pve-fw-protocol-spec",
       pattern("[0-9]{1,3}|ah|egp|esp|gre|icmp|icmpv6|igmp|ipip|ipv6-icmp|ospf|sctp|tcp|udp|udplite|vrrp",
               "unknown protocol '<v>'")},
      {"pve-fw-icmp-type-spec",
       pattern("[0-9]{1,3}|any|echo-reply|echo-request|destination-unreachable|host-unreachable|network-unreachable|"
               "neighbour-solicitation|neighbour-advertisement|packet-too-big|parameter-problem|port-unreachable|"
               "redirect|router-advertisement|router-solicitation|source-quench|time-exceeded|timestamp-request",
               "invalid icmp-type value '<v>'")},
      {"pve-ct-timezone", pattern("host|UTC|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|"
                                  "Pacific)(/[A-Za-z_+-]+)+",
                                  "invalid time zone '<v>'")},
      {"pve-storage-path", pattern("/.*", "value does not look like a valid absolute path")},
      {"pve-iface", pattern(R"([a-zA-Z][a-zA-Z0-9_]{1,20}([:.][0-9]+)?)", "invalid network interface name '<v>'")},
      {"pve-groupid", pattern(R"([A-Za-z0-9.\-_]+)", "group name '<v>' contains invalid characters")},
      {"pve-roleid", pattern(R"([A-Za-z0-9.\-_]+)", "role name '<v>' contains invalid characters")},
      {"pve-lxc-mp-string", mount_string},
      {"pve-lxc-dev-string", device_string},
      {"pve-storage-content",
       pattern("images|rootdir|vztmpl|iso|backup|snippets|none|import", "invalid content type '<v>'")},
      {"pve-task-status-type", pattern("(?i)(ok|error|warning|unknown)", "invalid status '<v>'")},
      {"storage-pair", storage_pair},
  };
  return table;
}

}  // namespace

bool matches(std::string_view value, const char* pattern) {
  static std::map<std::string, std::unique_ptr<RE2>, std::less<>> compiled;  // the lab answers one request at a time
  auto& expression = compiled[pattern];
  if (!expression) {
    RE2::Options options;
    options.set_dot_nl(true);
    expression = std::make_unique<RE2>(pattern, options);
  }
  if (RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *expression)) return true;
  if (value.empty() || value.back() != '\n') return false;
  return RE2::FullMatch(re2::StringPiece(value.data(), value.size() - 1), *expression);
}

std::vector<std::string> split_list(std::string_view value) {
  const auto separators =
      value.find('\0') != std::string_view::npos ? std::string_view("\0", 1) : std::string_view(",; \t\r\n\f");
  std::vector<std::string> parts;
  std::size_t at = 0;
  while ((at = value.find_first_not_of(separators, at)) != std::string_view::npos) {
    const auto end = std::min(value.find_first_of(separators, at), value.size());
    parts.emplace_back(value.substr(at, end - at));
    at = end;
  }
  return parts;
}

std::optional<std::string> format_error(std::string_view format, std::string_view value) {
  constexpr std::string_view list = "-list";
  constexpr std::string_view optional = "-opt";
  const auto ends = [&](std::string_view suffix) {
    return format.size() > suffix.size() && format.substr(format.size() - suffix.size()) == suffix;
  };
  if (ends(list)) {
    for (const auto& part : split_list(value)) {
      if (auto error = format_error(format.substr(0, format.size() - list.size()), part)) return error;
    }
    return std::nullopt;
  }
  if (ends(optional)) {
    return value.empty() ? std::nullopt : format_error(format.substr(0, format.size() - optional.size()), value);
  }
  const auto check = checks().find(format);
  return check == checks().end() ? std::nullopt : check->second(value);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  if (!matches(text, "[0-9]+(\\.[0-9]+)?([KMGT](iB)?)?")) return std::nullopt;
  const auto unit = text.find_first_of("KMGT");
  double factor = 1;
  if (unit != std::string_view::npos) {
    const auto power = std::string_view("KMGT").find(text[unit]) + 1;
    factor = std::pow(1024.0, static_cast<double>(power));
  }
  return static_cast<std::int64_t>(std::stod(std::string(text.substr(0, unit))) * factor);
}

std::string format_size(std::int64_t bytes) {
  constexpr std::string_view units = "KMGT";
  std::string suffix;
  for (std::size_t unit = 0; unit < units.size() && bytes % 1024 == 0 && bytes != 0; ++unit) {
    bytes /= 1024;
    suffix = units[unit];
  }
  return bytes == 0 ? "0T" : std::to_string(bytes) + suffix;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (matches(text, "(?i)1|on|yes|true")) return true;
  if (matches(text, "(?i)0|off|no|false")) return false;
  return std::nullopt;
}

bool is_ipv4(std::string_view text) {
  return matches(text, R"(((25[0-5]|(2[0-4]|1[0-9]|[1-9])?[0-9])\.){3}(25[0-5]|(2[0-4]|1[0-9]|[1-9])?[0-9]))");
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

}  // namespace nmx::lab::proxmox
