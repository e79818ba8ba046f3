#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// Names one thing of a site: `container.media.lxc`, `module.lab.service.dns["a"].system`. Equal text, equal address.
struct Address {
  struct Step {
    std::string name;
    /// The key that `for_each` made.
    std::optional<std::string> key = {};
    auto operator<=>(const Step&) const = default;
  };
  std::vector<Step> steps;

  Address child(std::string name, std::optional<std::string> key = {}) const;
  /// Whether this is the other or stands below it.
  bool within(const Address& other) const;
  auto operator<=>(const Address&) const = default;
  bool operator==(const Address&) const = default;
};

/// A step that is no plain name is quoted: `domain["films.example.com"].record`.
std::string to_string(const Address& address);
/// Reads back what `to_string` wrote.
Result<Address> parse_address(std::string_view text);

}  // namespace nmx
