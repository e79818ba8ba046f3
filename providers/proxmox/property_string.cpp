#include "providers/proxmox/property_string.hpp"

#include <fmt/core.h>

#include <charconv>

#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {

const std::string* PropertyString::find(std::string_view key) const {
  const auto found = parts.find(key);
  return found == parts.end() ? nullptr : &found->second;
}

std::string PropertyString::text_or(std::string_view key, std::string_view otherwise) const {
  const auto* found = find(key);
  return found ? *found : std::string(otherwise);
}

std::optional<std::int64_t> PropertyString::integer(std::string_view key) const {
  const auto* found = find(key);
  return found ? tolerant_integer(Value(*found)) : std::nullopt;
}

std::optional<bool> PropertyString::boolean(std::string_view key) const {
  const auto* found = find(key);
  return found ? tolerant_boolean(Value(*found)) : std::nullopt;
}

PropertyString parse_property_string(std::string_view text, std::string_view default_key) {
  PropertyString value;
  for (const auto& part : split_list(text, ",")) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) {
      value.parts[std::string(default_key)] = part;
    } else {
      value.parts[part.substr(0, equals)] = part.substr(equals + 1);
    }
  }
  return value;
}

std::string print_property_string(const PropertyString& value, std::string_view first, bool bare_first) {
  std::string text;
  if (const auto* head = value.find(first)) text = bare_first ? *head : fmt::format("{}={}", first, *head);
  for (const auto& [key, part] : value.parts) {
    if (key == first) continue;
    if (!text.empty()) text += ',';
    text += key + '=' + part;
  }
  return text;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  constexpr std::string_view suffix = "iB";
  if (text.size() > suffix.size() && text.substr(text.size() - suffix.size()) == suffix)
    text.remove_suffix(suffix.size());
  std::int64_t unit = 1;
  if (!text.empty()) {
    const auto letter = std::string_view("KMGT").find(text.back());
    if (letter != std::string_view::npos) {
      unit = std::int64_t{1} << (10 * (letter + 1));
      text.remove_suffix(1);
    }
  }
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  double count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count, std::chars_format::fixed);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || text.back() == '.') return std::nullopt;
  if (count * static_cast<double>(unit) > 9.0e18) return std::nullopt;
  std::int64_t whole = 0;
  // Whole numbers stay exact beyond what a double holds.
  const auto exact = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (exact.ec == std::errc{} && exact.ptr == text.data() + text.size()) return whole * unit;
  return static_cast<std::int64_t>(count * static_cast<double>(unit));
}

std::string gibibytes(std::int64_t bytes) {
  const auto mebibytes = whole_mebibytes(bytes) / mebibyte;
  if (mebibytes % 1024 == 0) return std::to_string(mebibytes / 1024);
  auto text = fmt::format("{:.10f}", static_cast<double>(mebibytes) / 1024.0);
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string size_text(std::int64_t bytes) {
  const auto mebibytes = whole_mebibytes(bytes) / mebibyte;
  return mebibytes % 1024 == 0 ? fmt::format("{}G", mebibytes / 1024) : fmt::format("{}M", mebibytes);
}

std::string storage_of(std::string_view volume) {
  const auto colon = volume.find(':');
  if (volume.empty() || volume.front() == '/' || colon == std::string_view::npos) return {};
  return std::string(volume.substr(0, colon));
}

}  // namespace nmx::proxmox
