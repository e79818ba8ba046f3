#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx {

/// A whole number, however the server writes it: 100, "100", 100.0, true.
std::optional<std::int64_t> tolerant_integer(const Value& value);
/// 1, "1", true, "true", "yes", "on" and their opposites, in any case.
std::optional<bool> tolerant_boolean(const Value& value);
/// The text of a string, number or boolean (1/0).
std::optional<std::string> tolerant_text(const Value& value);

/// Reads the fields of a JSON object that a server sent: nothing is taken for granted, and an absent, null or odd field
/// is simply absent.
class Fields {
 public:
  /// Anything else than an object reads as an empty one.
  explicit Fields(const Value& json) : object_(json.object()) {}
  explicit Fields(const Object& object) : object_(&object) {}

  const Value& at(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const { return tolerant_text(at(name)); }
  std::optional<std::int64_t> integer(std::string_view name) const { return tolerant_integer(at(name)); }
  std::optional<bool> boolean(std::string_view name) const { return tolerant_boolean(at(name)); }
  std::string text_or(std::string_view name, std::string_view otherwise) const;
  std::int64_t integer_or(std::string_view name, std::int64_t otherwise) const;
  bool boolean_or(std::string_view name, bool otherwise) const;

 private:
  const Object* object_;
};

/// The elements of a JSON array; none where it is something else.
const List& elements(const Value& json);

/// The fields that are set: what a normal form begins with.
Object without_nulls(const Object& written);

/// The parts between any of the separators, without empty ones.
std::vector<std::string> split_list(std::string_view text, std::string_view separators);

}  // namespace nmx
