#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace nmx {

/// What an operator is told: network, disk, a server's refusal. Lower case, no full stop, no secret.
struct Error {
  std::string message;
  /// What to do about it, if that can be said.
  std::string help = {};
};

/// A value or the reason why there is none; spelled like std::expected, which replaces it by one alias.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return held_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return assert(has_value()), std::get<0>(held_); }
  const T& value() const& { return assert(has_value()), std::get<0>(held_); }
  T&& value() && { return assert(has_value()), std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return assert(!has_value()), std::get<1>(held_); }

 private:
  std::variant<T, Error> held_;
};

/// Nothing to return but success.
struct Done {};
using Status = Result<Done>;

}  // namespace nmx
