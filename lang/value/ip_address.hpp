#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace nmx {

__extension__ typedef unsigned __int128 Uint128;  // the only exact home of an IPv6 address

/// An IPv4 or IPv6 address as the number it is.
struct IpAddress {
  /// 32 or 128.
  int bits = 32;
  Uint128 number = 0;
  auto operator<=>(const IpAddress&) const = default;
};

/// An address and how many of its leading bits name the network; host bits stay as written.
struct Cidr {
  IpAddress address;
  int prefix = 32;
  bool operator==(const Cidr&) const = default;
};

/// Both ends belong to it.
struct IpRange {
  IpAddress first;
  IpAddress last;
  bool operator==(const IpRange&) const = default;
};

/// Strict: no leading zeros in IPv4, no zone in IPv6, no spaces.
std::optional<IpAddress> parse_ip(std::string_view text);
std::optional<Cidr> parse_cidr(std::string_view text);
/// `10.0.0.20-10.0.0.99`; spaces around the dash are allowed. One family, rising.
std::optional<IpRange> parse_ip_range(std::string_view text);

/// RFC 5952 for IPv6.
std::string to_string(const IpAddress& address);
std::string to_string(const Cidr& cidr);
std::string to_string(const IpRange& range);

/// The first address of the network: host bits cleared.
IpAddress network_address(const Cidr& cidr);
/// The last address of the network: host bits set.
IpAddress last_address(const Cidr& cidr);
bool contains(const Cidr& network, const IpAddress& address);

}  // namespace nmx
