#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// Names one thing of a site: `container.media.lxc`, `module.lab.service.dns["a"].system`. Equal text, equal address.
/// Never changed once made, and shared by its copies: a site's addresses stand in many places.
class Address {
 public:
  struct Step {
    std::string name;
    /// The key that `for_each` made.
    std::optional<std::string> key = {};
    auto operator<=>(const Step&) const = default;
  };
  using Steps = std::vector<Step>;

  Address() = default;
  explicit Address(Steps steps);

  const Steps& steps() const { return *steps_; }
  Address child(std::string name, std::optional<std::string> key = {}) const;
  /// Without the last step.
  Address parent() const;
  /// Whether this is the other or stands below it.
  bool within(const Address& other) const;
  std::strong_ordering operator<=>(const Address& other) const;
  bool operator==(const Address& other) const { return steps_ == other.steps_ || *steps_ == *other.steps_; }

 private:
  using Shared = std::shared_ptr<const Steps>;  // shared by every copy of the address
  static const Shared& none();

  Shared steps_ = none();
};

/// The block that an object is part of, as far as its address alone says: `container.media` of `container.media.lxc`;
/// what a `resource` block made is its own.
Address block_of(const Address& address);

/// A step that is no plain name is quoted: `domain["films.example.com"].record`.
std::string to_string(const Address& address);
/// Reads back what `to_string` wrote.
Result<Address> parse_address(std::string_view text);

}  // namespace nmx
