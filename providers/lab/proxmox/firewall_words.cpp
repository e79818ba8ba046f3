#include "providers/lab/proxmox/firewall_words.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/format.hpp"

// The words that firewall rules are made of: addresses and macros.
namespace nmx::lab::proxmox {
namespace {

/// `10.0.0.0/8`, `10.0.0.1-10.0.0.9`, `fe80::1`: what the parser of addresses there says.
std::optional<std::string> one_address_error(std::string_view text) {
  const auto dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto first = one_address_error(text.substr(0, dash));
    return first ? first : one_address_error(text.substr(dash + 1));
  }
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const bool prefix_fits = slash == std::string_view::npos || matches(text.substr(slash + 1), "[0-9]{1,3}");
  if (prefix_fits && (is_ipv4(address) || is_ipv6(address))) return std::nullopt;
  std::size_t at = 0;
  while (matches(address, "[0-9.]+") && at <= address.size()) {
    const auto end = std::min(address.find('.', at), address.size());
    const auto quad = address.substr(at, end - at);
    if (quad.size() > 3 || (!quad.empty() && std::stoi(std::string(quad)) > 255))
      return fmt::format("invalid IP address: Invalid quad in IP address {} - {}", address, quad);
    at = end + 1;
  }
  return fmt::format("invalid IP address: Invalid chars in IP {}", address);
}

}  // namespace

std::optional<int> ip_version(std::string_view text) {
  const auto first = text.substr(0, text.find_first_of(",-/"));
  if (is_ipv4(first)) return 4;
  if (is_ipv6(first)) return 6;
  return std::nullopt;
}

std::optional<std::string> address_error(std::string_view text) {
  if (matches(text, R"(\+?((guest|dc)/)?[A-Za-z][A-Za-z0-9\-_]+)")) return std::nullopt;
  std::optional<int> version;
  for (const auto& one : split_list(text)) {
    if (auto error = one_address_error(one)) return error;
    const auto its = ip_version(one);
    if (version && its != version) return fmt::format("detected mixed ipv4/ipv6 addresses in address list '{}'", text);
    version = its;
  }
  return std::nullopt;
}

const std::vector<std::pair<std::string, std::string>>& firewall_macros() {
  static const std::vector<std::pair<std::string, std::string>> macros{
      {"Amanda", "backups with Amanda"},
      {"Auth", "identd"},
      {"BGP", "border gateway protocol"},
      {"Ceph", "Ceph monitors, OSDs and metadata servers"},
      {"DHCPfwd", "forwarded DHCP"},
      {"DHCPv6", "DHCP over IPv6"},
      {"DNS", "name resolution, UDP and TCP"},
      {"FTP", "file transfer"},
      {"Git", "Git's own protocol"},
      {"GRE", "generic routing encapsulation"},
      {"HTTP", "the web"},
      {"HTTPS", "the web over TLS"},
      {"IMAP", "mail, read"},
      {"IMAPS", "mail, read over TLS"},
      {"IPsec", "IPsec"},
      {"IRC", "chat"},
      {"L2TP", "layer 2 tunnels"},
      {"LDAP", "directory"},
      {"LDAPS", "directory over TLS"},
      {"MDNS", "names by multicast"},
      {"MSSQL", "Microsoft SQL Server"},
      {"Mail", "mail between servers and from clients"},
      {"Munin", "monitoring with Munin"},
      {"MySQL", "MySQL and MariaDB"},
      {"NTP", "time"},
      {"NeighborDiscovery", "neighbours and routers of IPv6"},
      {"OSPF", "routes between routers"},
      {"OpenVPN", "OpenVPN"},
      {"POP3", "mail, fetched"},
      {"POP3S", "mail, fetched over TLS"},
      {"PMG", "Proxmox Mail Gateway's interface"},
      {"Ping", "ICMP echo requests"},
      {"PostgreSQL", "PostgreSQL"},
      {"Printer", "line printers"},
      {"RDP", "remote desktops"},
      {"RNDC", "control of BIND"},
      {"Rsync", "rsync servers"},
      {"SMB", "Windows shares"},
      {"SMTP", "mail between servers"},
      {"SMTPS", "mail over TLS"},
      {"SNMP", "network management"},
      {"SPICEproxy", "displays of guests"},
      {"SSH", "secure shell"},
      {"SVN", "Subversion"},
      {"Squid", "web proxies"},
      {"Submission", "mail from clients"},
      {"Syslog", "logs over the network"},
      {"TFTP", "trivial file transfer"},
      {"Telnet", "telnet"},
      {"Trcrt", "traceroute up to 30 hops"},
      {"VNC", "displays 0 to 99"},
      {"Web", "the web, with and without TLS"},
      {"Webcache", "web proxies at port 8080"},
      {"Webmin", "Webmin"},
      {"Whois", "whois"}};
  return macros;
}

}  // namespace nmx::lab::proxmox
