#include "providers/authentik/release.hpp"

#include <fmt/core.h>

#include <charconv>

namespace nmx::authentik {

std::optional<Release> parse_release(std::string_view text) {
  Release release;
  const char* end = text.data() + text.size();
  const auto year = std::from_chars(text.data(), end, release.year);
  if (year.ec != std::errc() || year.ptr == end || *year.ptr != '.') return std::nullopt;
  const auto month = std::from_chars(year.ptr + 1, end, release.month);
  if (month.ec != std::errc() || release.month < 1 || release.month > 12) return std::nullopt;
  return release;
}

std::string to_string(Release release) { return fmt::format("{}.{}", release.year, release.month); }

}  // namespace nmx::authentik
