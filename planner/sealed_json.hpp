#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "planner/change.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"

namespace simdjson::dom {
class element;
}

namespace nmx {

// The JSON of states and journals: values as `to_exact_json` writes them, but that a secret is `{"$sealed": "…"}` and
// text that is no UTF-8 `{"$binary": "…"}`. A secret's place is the path of names that leads to it.

/// Where a value stands: the address of its object, then attribute names and positions.
struct Place {
  const Place* parent = nullptr;
  std::string_view name;
};
std::string to_string(const Place& place);

void append_json(std::string& out, std::string_view text);
void append_json(std::string& out, std::uint64_t number);
/// The value holds no hole, instance or poison.
void append_json(std::string& out, const Value& value, const Place& place, const Seal& seal);
void append_json(std::string& out, const Object& object, const Place& place, const Seal& seal);
/// One object of a state; its secrets are sealed for `address`.
void append_json(std::string& out, const StateObject& object, const Address& address, const Seal& seal);

/// Reads values back. The first mistake is kept and ends the reading: everything after it is empty.
class SealedReader {
 public:
  explicit SealedReader(const Seal& seal) : seal_(seal) {}

  std::string text(const simdjson::dom::element& in, const char* key);
  std::uint64_t number(const simdjson::dom::element& in, const char* key);
  Value value(const simdjson::dom::element& json, const Place& place);
  Object object(const simdjson::dom::element& json, const Place& place);
  StateObject state_object(const simdjson::dom::element& json, const Address& address);
  Address address(std::string_view text);
  void fail(std::string message);
  const std::optional<Error>& error() const { return error_; }

 private:
  Value tagged(std::string_view tag, const simdjson::dom::element& json, const Place& place);
  const Seal& seal_;
  std::optional<Error> error_;
};

}  // namespace nmx
