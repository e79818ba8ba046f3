#include <fmt/core.h>
#include <sodium.h>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "lang/value/overloaded.hpp"
#include "lang/value/unicode.hpp"
#include "planner/sealed_json.hpp"

namespace nmx {
namespace {

template <typename Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// Keeps a floating number one: `2.0`, never `2`.
void append_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += std::isnan(number) ? R"({"$number":"nan"})" : number > 0 ? R"({"$number":"inf"})" : R"({"$number":"-inf"})";
    return;
  }
  const auto begin = out.size();
  append_number(out, number);
  if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
}

void append_key(std::string& out, std::string_view key) {
  if (!key.empty() && key.front() == '$') {
    append_json(out, "$" + std::string(key));
  } else {
    append_json(out, key);
  }
  out += ':';
}

void append_text(std::string& out, const std::string& text) {
  if (is_utf8(text)) {
    append_json(out, text);
    return;
  }
  std::string encoded(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  encoded.pop_back();
  out += R"({"$binary":")" + encoded + R"("})";
}

}  // namespace

std::string to_string(const Place& place) {
  if (place.parent == nullptr) return std::string(place.name);
  auto text = to_string(*place.parent);
  text += '/';
  text += place.name;
  return text;
}

void append_json(std::string& out, std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, std::uint64_t number) { append_number(out, number); }

void append_json(std::string& out, const Value& value, const Place& place, const Seal& seal) {
  if (value.secret) {
    auto plain = value;
    plain.secret = false;
    std::string text;
    append_json(text, plain, place, seal);
    out += R"({"$sealed":")" + seal.close(to_string(place), text) + R"("})";
    wipe(text);
    return;
  }
  std::visit(Overloaded{
                 [&](const Null&) { out += "null"; },
                 [&](const Poison&) { throw std::logic_error("a poison must not be stored"); },
                 [&](bool boolean) { out += boolean ? "true" : "false"; },
                 [&](std::int64_t integer) { append_number(out, integer); },
                 [&](double number) { append_double(out, number); },
                 [&](const Bytes& bytes) {
                   out += R"({"$bytes":)";
                   append_number(out, bytes.count);
                   out += '}';
                 },
                 [&](const Duration& duration) {
                   out += R"({"$duration":)";
                   append_number(out, duration.milliseconds);
                   out += '}';
                 },
                 [&](const std::string& text) { append_text(out, text); },
                 [&](const Value::SharedList& list) {
                   out += '[';
                   std::size_t position = 0;
                   for (const auto& element : *list) {
                     if (position != 0) out += ',';
                     const auto name = std::to_string(position++);
                     append_json(out, element, Place{&place, name}, seal);
                   }
                   out += ']';
                 },
                 [&](const Value::SharedObject& object) { append_json(out, *object, place, seal); },
                 [&](const Nix& nix) {
                   out += R"({"$nix":)";
                   append_json(out, nix.text);
                   out += '}';
                 },
                 [&](const Instance&) { throw std::logic_error("an instance must not be stored"); },
                 [&](const Hole&) { throw std::logic_error("a hole must not be stored"); },
             },
             value.held);
}

void append_json(std::string& out, const Object& object, const Place& place, const Seal& seal) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : object) {
    if (!first) out += ',';
    first = false;
    append_key(out, key);
    append_json(out, value, Place{&place, key}, seal);
  }
  out += '}';
}

void append_json(std::string& out, const StateObject& object, const Address& address, const Seal& seal) {
  out += R"({"type":)";
  append_json(out, object.type);
  out += R"(,"provider":)";
  append_json(out, object.provider);
  out += R"(,"id":)";
  append_json(out, object.id);
  out += R"(,"schema":)";
  append_number(out, object.schema_version);
  if (object.status == StateObject::Status::tainted) out += R"(,"status":"tainted")";
  if (object.protect) out += R"(,"protect":true)";
  if (object.downtime_ms != 0) {
    out += R"(,"downtime_ms":)";
    append_number(out, object.downtime_ms);
  }
  out += R"(,"dependencies":[)";
  for (const auto& dependency : object.dependencies) {
    if (out.back() != '[') out += ',';
    append_json(out, to_string(dependency));
  }
  out += ']';
  const auto name = to_string(address);
  if (!object.replace_when.is_null()) {
    out += R"(,"replace_when":)";
    const Place place{nullptr, name};
    append_json(out, object.replace_when, Place{&place, "replace_when"}, seal);
  }
  out += R"(,"attributes":)";
  append_json(out, object.attributes, Place{nullptr, name}, seal);
  out += '}';
}

}  // namespace nmx
