#include "providers/dns/name.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/ip_address.hpp"

namespace nmx::dns {
namespace {

std::string lower(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return small;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_label_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

}  // namespace

std::string zone_name(std::string_view written) {
  if (!written.empty() && written.back() == '.') written.remove_suffix(1);
  return lower(written);
}

std::string full_name(std::string_view written) {
  auto full = lower(written);
  if (full.empty() || full.back() != '.') full += '.';
  return full;
}

std::string full_name(std::string_view name, std::string_view zone) {
  const auto apex = full_name(zone);
  if (name.empty() || name == "@") return apex;
  const auto small = lower(name);
  if (small.back() == '.') return small;
  if (small + '.' == apex || ends_with(small + '.', '.' + apex)) return small + '.';
  return small + '.' + apex;
}

std::optional<std::string> name_in_zone(std::string_view full, std::string_view zone) {
  const auto apex = full_name(zone);
  if (full == apex) return "@";
  if (!ends_with(full, '.' + apex)) return std::nullopt;
  return std::string(full.substr(0, full.size() - apex.size() - 1));
}

std::string mistake_in_name(std::string_view full) {
  if (full.size() > 254) return "it is longer than 253 characters";
  std::size_t at = 0;
  while (at < full.size()) {
    const auto end = std::min(full.find('.', at), full.size());
    const auto label = full.substr(at, end - at);
    if (label.empty()) return "a part of it is empty";
    if (label.size() > 63) return fmt::format("`{}` is longer than 63 characters", label);
    if (label != "*" || at != 0) {
      const auto odd = std::find_if_not(label.begin(), label.end(), is_label_character);
      if (odd != label.end() && *odd == '*') return "`*` stands for the whole first part only";
      if (odd != label.end() && static_cast<unsigned char>(*odd) >= 0x80)
        return "letters outside of ASCII are written as `xn--…`";
      if (odd != label.end()) return fmt::format("`{}` is no letter of a name", *odd);
    }
    at = end + 1;
  }
  return {};
}

std::string reverse_name(std::string_view text) {
  const auto address = parse_ip(text);
  if (!address) return {};
  const bool v4 = address->bits == 32;
  const int step = v4 ? 8 : 4;
  auto number = address->number;
  std::string name;
  for (int bits = 0; bits < address->bits; bits += step) {
    const auto part = static_cast<unsigned>(number & (v4 ? 0xFFu : 0xFu));
    name += v4 ? fmt::format("{}.", part) : fmt::format("{:x}.", part);
    number >>= step;
  }
  return name + (v4 ? "in-addr.arpa." : "ip6.arpa.");
}

std::string zone_of(std::string_view full, const std::vector<std::string>& zones) {
  std::string best;
  for (const auto& zone : zones) {
    if (zone.size() > best.size() && name_in_zone(full, zone)) best = zone;
  }
  return best;
}

}  // namespace nmx::dns
