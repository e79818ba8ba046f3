#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "lang/value/functions/families.hpp"
#include "lang/value/ip_address.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

/// Arguments of type cidr and ip are checked and canonical by the time a body sees them.
Cidr cidr_of(const Value& value) { return parse_cidr(text_of(value)).value_or(Cidr{}); }
IpAddress ip_of(const Value& value) { return parse_ip(text_of(value)).value_or(IpAddress{}); }

Uint128 magnitude(std::int64_t number) {
  return number < 0 ? Uint128{0 - static_cast<std::uint64_t>(number)} : Uint128{static_cast<std::uint64_t>(number)};
}

/// Ones in the lowest bits.
Uint128 low_bits(int count) { return count >= 128 ? ~Uint128{0} : (Uint128{1} << count) - 1; }

Outcome cidrhost(Arguments arguments, const CallContext&) {
  const Cidr network = cidr_of(arguments[0]);
  const std::int64_t number = integer_of(arguments[1]);
  const Uint128 most = low_bits(network.address.bits - network.prefix);
  const Uint128 size = magnitude(number);
  const bool fits = number < 0 ? size - 1 <= most : size <= most;
  if (!fits) {
    return bad_argument(1, fmt::format("`{}` has no host {}", to_string(network), number),
                        fmt::format("its addresses end at `{}`", to_string(last_address(network))));
  }
  if (number >= 0) return Value(to_string(IpAddress{network.address.bits, network_address(network).number + size}));
  return Value(to_string(IpAddress{network.address.bits, last_address(network).number - (size - 1)}));
}

Outcome cidrnetmask(Arguments arguments, const CallContext&) {
  const Cidr network = cidr_of(arguments[0]);
  if (network.address.bits != 32) return bad_argument(0, "an IPv6 network has no netmask", "`.prefix` is what it has");
  return Value(to_string(IpAddress{32, low_bits(32) & ~low_bits(32 - network.prefix)}));
}

std::optional<OperationError> wrong_bits(const Cidr& network, std::int64_t bits, int argument) {
  if (bits < 0) return bad_argument(argument, fmt::format("{} is negative", bits));
  const int left = network.address.bits - network.prefix;
  if (bits <= left) return std::nullopt;
  return bad_argument(argument, fmt::format("`{}` has {} bits left, not {}", to_string(network), left, bits));
}

Outcome cidrsubnet(Arguments arguments, const CallContext&) {
  const Cidr network = cidr_of(arguments[0]);
  const std::int64_t bits = integer_of(arguments[1]);
  const std::int64_t number = integer_of(arguments[2]);
  if (auto error = wrong_bits(network, bits, 1)) return *std::move(error);
  const auto count = static_cast<int>(bits);
  if (number < 0 || magnitude(number) > low_bits(count)) {
    return bad_argument(2, fmt::format("{} does not fit into {} bits", number, count));
  }
  const int prefix = network.prefix + count;
  const int host_bits = network.address.bits - prefix;
  const Uint128 shifted = host_bits >= 128 ? 0 : magnitude(number) << host_bits;
  return Value(to_string(Cidr{{network.address.bits, network_address(network).number | shifted}, prefix}));
}

Outcome cidrsubnets(Arguments arguments, const CallContext&) {
  const Cidr network = cidr_of(arguments[0]);
  const Uint128 end = last_address(network).number;
  Uint128 next = network_address(network).number;
  bool full = false;
  List subnets;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const auto at = static_cast<int>(i);
    const std::int64_t bits = integer_of(arguments[i]);
    if (auto error = wrong_bits(network, bits, at)) return *std::move(error);
    const int prefix = network.prefix + static_cast<int>(bits);
    const Uint128 size_less_one = low_bits(network.address.bits - prefix);
    // A subnet begins at a multiple of its size.
    const Uint128 begin = (next + size_less_one) & ~size_less_one;
    if (full || begin < next || begin > end || end - begin < size_less_one) {
      return bad_argument(at, fmt::format("`{}` has no room for another subnet of /{}", to_string(network), prefix));
    }
    subnets.emplace_back(to_string(Cidr{{network.address.bits, begin}, prefix}));
    full = begin + size_less_one == end;
    next = begin + size_less_one + 1;
  }
  return Value(std::move(subnets));
}

Outcome cidrcontains(Arguments arguments, const CallContext&) {
  const Cidr outer = cidr_of(arguments[0]);
  const std::string& text = text_of(arguments[1]);
  if (const auto address = parse_ip(text)) return Value(contains(outer, *address));
  const Cidr inner = cidr_of(arguments[1]);
  return Value(inner.prefix >= outer.prefix && contains(outer, inner.address));
}

Outcome ipadd(Arguments arguments, const CallContext&) {
  const IpAddress address = ip_of(arguments[0]);
  const std::int64_t number = integer_of(arguments[1]);
  const Uint128 size = magnitude(number);
  const Uint128 most = low_bits(address.bits);
  const bool fits = number < 0 ? size <= address.number : size <= most - address.number;
  if (!fits) return bad_argument(1, fmt::format("{} leads beyond the addresses that there are", number));
  return Value(to_string(IpAddress{address.bits, number < 0 ? address.number - size : address.number + size}));
}

/// Zones are cut where a label ends: at whole octets of IPv4, at every fourth bit of IPv6.
Outcome reverse_zones(Arguments arguments, const CallContext&) {
  const Cidr network = cidr_of(arguments[0]);
  const bool four = network.address.bits == 32;
  const int step = four ? 8 : 4;
  const int longest = four ? 24 : 124;
  const int prefix = std::clamp((network.prefix + step - 1) / step * step, step, longest);
  Uint128 begin = network_address(network).number >> (network.address.bits - prefix);
  const int count = prefix > network.prefix ? 1 << (prefix - network.prefix) : 1;
  List zones;
  for (int i = 0; i < count; ++i, ++begin) {
    std::string name;
    for (int label = 0; label < prefix / step; ++label) {
      const auto digits = static_cast<unsigned>(begin >> (label * step)) & ((1u << step) - 1);
      name += four ? fmt::format("{}.", digits) : fmt::format("{:x}.", digits);
    }
    zones.emplace_back(name + (four ? "in-addr.arpa" : "ip6.arpa"));
  }
  return Value(std::move(zones));
}

}  // namespace

std::vector<Function> network_functions() {
  const Type cidr = Type::simple(Type::Tag::cidr);
  const Type ip = Type::simple(Type::Tag::ip);
  // clang-format off
  return {
      {.name = "cidrhost", .parameters = {{"prefix", cidr}, {"host", types::integer}}, .result = ip,
       .doc = "An address of a network by its number; negative numbers count from the end.\ncidrhost(\"10.0.0.0/8\", 5)  # \"10.0.0.5\"", .body = cidrhost},
      {.name = "cidrnetmask", .parameters = {{"prefix", cidr}}, .result = ip,
       .doc = "The netmask of an IPv4 network.\ncidrnetmask(\"10.0.0.0/12\")  # \"255.240.0.0\"", .body = cidrnetmask},
      {.name = "cidrsubnet", .parameters = {{"prefix", cidr}, {"bits", types::integer}, {"number", types::integer}}, .result = cidr,
       .doc = "A network within a network: how many bits longer its prefix is, and its number.\ncidrsubnet(\"10.0.0.0/8\", 8, 2)  # \"10.2.0.0/16\"", .body = cidrsubnet},
      {.name = "cidrsubnets", .parameters = {{"prefix", cidr}, {"bits", types::integer}}, .variadic = true, .result = Type::list_of(cidr),
       .doc = "Networks within a network, one behind the other, by how many bits longer their prefixes are.\ncidrsubnets(\"10.0.0.0/8\", 8, 4)  # [\"10.0.0.0/16\", \"10.16.0.0/12\"]", .body = cidrsubnets},
      {.name = "cidrcontains", .parameters = {{"prefix", cidr}, {"address", Type::one_of({ip, cidr})}}, .result = types::boolean,
       .doc = "Whether an address or a network lies in a network.\ncidrcontains(\"10.0.0.0/8\", \"10.1.2.3\")  # true", .body = cidrcontains},
      {.name = "ipadd", .parameters = {{"address", ip}, {"number", types::integer}}, .result = ip,
       .doc = "The address that many further; negative numbers go back.\nipadd(\"10.0.0.255\", 1)  # \"10.0.1.0\"", .body = ipadd},
      {.name = "reverse_zones", .parameters = {{"prefix", cidr}}, .result = Type::list_of(types::string),
       .doc = "The DNS zones in which the addresses of a network lead back to names.\nreverse_zones(\"192.168.50.0/24\")  # [\"50.168.192.in-addr.arpa\"]", .body = reverse_zones},
  };
  // clang-format on
}

}  // namespace nmx
