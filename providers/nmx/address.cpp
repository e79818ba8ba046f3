#include "providers/nmx/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/value/ip_address.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/state_only.hpp"

namespace nmx::internal {
namespace {

constexpr std::string_view space = "ip";

/// What may be handed out, in order: ranges of addresses.
Result<std::vector<IpRange>> read_pool(const Value& pool, const Cidr& network) {
  std::vector<IpRange> ranges;
  const List one{pool};
  for (const auto& entry : pool.is_list() ? elements(pool) : one) {
    const auto text = tolerant_text(entry).value_or("");
    if (const auto range = parse_ip_range(text)) {
      ranges.push_back(*range);
    } else if (const auto address = parse_ip(text)) {
      ranges.push_back({*address, *address});
    } else {
      return Error{fmt::format("`pool`: `{}` is no address and no range", text), "write `10.0.0.20-10.0.0.99`"};
    }
    for (const auto& end : {ranges.back().first, ranges.back().last}) {
      if (!contains(network, end))
        return Error{fmt::format("`pool`: {} is outside the network {}", to_string(end), to_string(network))};
    }
  }
  return ranges;
}

/// The whole network but for its own address and, in IPv4, the broadcast address.
IpRange hosts(const Cidr& network) {
  auto first = network_address(network);
  auto last = last_address(network);
  if (network.prefix < network.address.bits - 1) {
    ++first.number;
    if (network.address.bits == 32) --last.number;
  }
  return {first, last};
}

}  // namespace

AddressType::AddressType() {
  const auto ip = Type::simple(Type::Tag::ip);
  schema_.interface.type = "address";
  schema_.in_state_alone = true;
  schema_.interface.doc = "An address of a network that nobody else has.";
  const auto add = [&](std::string name, Type type, std::string doc) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    return schema_.interface.attributes.emplace_back(std::move(attribute));
  };
  add("network", Type::simple(Type::Tag::cidr), "The network.").required = true;
  const auto range = Type::simple(Type::Tag::ip_range);
  add("pool", Type::one_of({range, Type::list_of(Type::one_of({range, ip}))}),
      "What may be handed out; left out: the whole network.");
  add("wanted", ip, "A certain one.");
  add("reserved", Type::list_of(ip), "What is never handed out.");
  auto& value = add("value", ip, "The address.");
  value.computed = true;
  value.settable = false;
  schema_.rules.emplace("value", AttributeRule{OnChange::live, false, true, {}, "nmx"});
}

Object AddressType::normalise(const Object& written, const Facts&) const { return without_nulls(written); }

Result<Object> AddressType::decide(const Deciding& deciding) const {
  const Fields wanted(deciding.wanted);
  const auto owner = to_string(deciding.address);
  const auto network = parse_cidr(wanted.text_or("network", ""));
  if (!network) return Error{"`network` is no network"};

  if (const auto text = wanted.text("wanted")) {
    const auto address = parse_ip(*text);
    if (!address || !contains(*network, *address))
      return Error{fmt::format("{} is outside the network {}", *text, to_string(*network))};
    auto claimed = deciding.allocator.claim(space, to_string(*address), owner);
    if (!claimed) return claimed.error();
    return Object{{"value", to_string(*address)}};
  }

  std::vector<IpRange> ranges{hosts(*network)};
  if (const auto& pool = deciding.wanted.at_or_null("pool"); !pool.is_null()) {
    auto read = read_pool(pool, *network);
    if (!read) return read.error();
    ranges = *std::move(read);
  }
  std::set<std::string> reserved;
  for (const auto& entry : elements(deciding.wanted.at_or_null("reserved"))) {
    if (const auto address = parse_ip(tolerant_text(entry).value_or(""))) reserved.insert(to_string(*address));
  }
  std::size_t at = 0;
  auto next = ranges.empty() ? IpAddress{} : ranges.front().first;
  auto allocated = deciding.allocator.allocate(space, owner, [&]() -> std::optional<std::string> {
    while (at < ranges.size()) {
      auto text = to_string(next);
      if (next.number == ranges[at].last.number) {  // also the very last address there is
        if (++at < ranges.size()) next = ranges[at].first;
      } else {
        ++next.number;
      }
      if (reserved.count(text) == 0) return text;
    }
    return std::nullopt;
  });
  if (!allocated)
    return Error{fmt::format("no address of {} is left: {}", to_string(*network), allocated.error().message),
                 "make the network's `pool` larger, or give up what is not used"};
  return Object{{"value", *std::move(allocated)}};
}

Result<std::vector<Operation>> AddressType::operations(const Change& change, const Facts&) const {
  const auto& object = change.after.empty() ? change.before : change.after;
  return remember(change, fmt::format("{} {}", change.action == Action::destroy ? "give back" : "take",
                                      Fields(object).text_or("value", "an address")));
}

}  // namespace nmx::internal
