#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace nmx::authentik {

/// A release of Authentik as far as its API depends on it: `2026.5`.
struct Release {
  int year = 0;
  int month = 0;
  auto operator<=>(const Release&) const = default;
};

/// Reads `2026.8.3`. Nothing: not such a text.
std::optional<Release> parse_release(std::string_view text);
/// `2026.5`
std::string to_string(Release release);

/// Between which releases nmx speaks to a server.
inline constexpr Release oldest_release{2025, 10};

}  // namespace nmx::authentik
