#include "lang/value/ip_address.hpp"

#include <fmt/core.h>

#include <array>
#include <vector>

namespace nmx {
namespace {

constexpr int groups_of_ipv6 = 8;

std::optional<unsigned> decimal(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number <= most ? std::optional(number) : std::nullopt;
}

std::optional<unsigned> hexadecimal(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned number = 0;
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    number = number * 16 + digit;
  }
  return number;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t number = 0;
  for (const std::string_view part : parts) {
    const auto byte = decimal(part, 255);
    if (!byte) return std::nullopt;
    number = number << 8 | *byte;
  }
  return number;
}

/// The groups on one side of `::`; the last may be an IPv4 address, which counts as two.
std::optional<std::vector<unsigned>> parse_groups(std::string_view text) {
  std::vector<unsigned> groups;
  if (text.empty()) return groups;
  const auto parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
      const auto embedded = parse_ipv4(parts[i]);
      if (!embedded) return std::nullopt;
      groups.push_back(*embedded >> 16);
      groups.push_back(*embedded & 0xFFFF);
      continue;
    }
    const auto group = hexadecimal(parts[i]);
    if (!group) return std::nullopt;
    groups.push_back(*group);
  }
  return groups;
}

std::optional<Uint128> parse_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap != std::string_view::npos && text.find("::", gap + 1) != std::string_view::npos) return std::nullopt;
  const auto head = parse_groups(text.substr(0, gap));
  if (!head) return std::nullopt;
  std::vector<unsigned> groups = *head;
  if (gap != std::string_view::npos) {
    // An IPv4 address stands at the very end only.
    if (text.substr(0, gap).find('.') != std::string_view::npos) return std::nullopt;
    const auto tail = parse_groups(text.substr(gap + 2));
    if (!tail || head->size() + tail->size() >= groups_of_ipv6) return std::nullopt;
    groups.resize(groups_of_ipv6 - tail->size(), 0);
    groups.insert(groups.end(), tail->begin(), tail->end());
  }
  if (groups.size() != groups_of_ipv6) return std::nullopt;
  Uint128 number = 0;
  for (const unsigned group : groups) number = number << 16 | group;
  return number;
}

std::string ipv4_text(std::uint32_t number) {
  return fmt::format("{}.{}.{}.{}", number >> 24, number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF);
}

std::string ipv6_text(Uint128 number) {
  constexpr unsigned mapped = 0xFFFF;  // ::ffff:a.b.c.d, which RFC 5952 wants with dots
  if (number >> 32 == mapped) return "::ffff:" + ipv4_text(static_cast<std::uint32_t>(number));
  std::array<unsigned, groups_of_ipv6> groups{};
  for (int i = 0; i < groups_of_ipv6; ++i) {
    groups[static_cast<std::size_t>(i)] = static_cast<unsigned>(number >> (112 - 16 * i)) & 0xFFFF;
  }
  std::size_t gap = groups.size();
  std::size_t longest = 1;  // a single zero group is not shortened
  for (std::size_t begin = 0; begin < groups.size(); ++begin) {
    std::size_t end = begin;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - begin > longest) {
      gap = begin;
      longest = end - begin;
    }
    if (end > begin) begin = end;
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == gap) {
      text += "::";
      i += longest - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    text += fmt::format("{:x}", groups[i]);
  }
  return text;
}

Uint128 host_mask(const Cidr& cidr) {
  const int host_bits = cidr.address.bits - cidr.prefix;
  return host_bits == 128 ? ~Uint128{0} : (Uint128{1} << host_bits) - 1;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    const auto number = parse_ipv4(text);
    return number ? std::optional(IpAddress{32, *number}) : std::nullopt;
  }
  const auto number = parse_ipv6(text);
  return number ? std::optional(IpAddress{128, *number}) : std::nullopt;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const auto prefix = decimal(text.substr(slash + 1), static_cast<unsigned>(address->bits));
  if (!prefix) return std::nullopt;
  return Cidr{*address, static_cast<int>(*prefix)};
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_ip(trimmed(text.substr(0, dash)));
  const auto last = parse_ip(trimmed(text.substr(dash + 1)));
  if (!first || !last || first->bits != last->bits || first->number > last->number) return std::nullopt;
  return IpRange{*first, *last};
}

std::string to_string(const IpAddress& address) {
  return address.bits == 32 ? ipv4_text(static_cast<std::uint32_t>(address.number)) : ipv6_text(address.number);
}

std::string to_string(const Cidr& cidr) { return fmt::format("{}/{}", to_string(cidr.address), cidr.prefix); }
std::string to_string(const IpRange& range) {
  return fmt::format("{}-{}", to_string(range.first), to_string(range.last));
}

IpAddress network_address(const Cidr& cidr) { return {cidr.address.bits, cidr.address.number & ~host_mask(cidr)}; }
IpAddress last_address(const Cidr& cidr) { return {cidr.address.bits, cidr.address.number | host_mask(cidr)}; }

bool contains(const Cidr& network, const IpAddress& address) {
  return network.address.bits == address.bits && network_address(network) <= address &&
         address <= last_address(network);
}

}  // namespace nmx
