#include <fmt/core.h>

#include <optional>

#include "lang/value/functions/digest.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/unicode.hpp"
#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

Outcome base64encode(Arguments arguments, const CallContext&) { return Value(base64(text_of(arguments[0]))); }

Outcome base64decode(Arguments arguments, const CallContext&) {
  auto data = from_base64(text_of(arguments[0]));
  if (!data) return bad_argument(0, "not base64");
  if (!is_utf8(*data)) return bad_argument(0, "what it encodes is not text", "a text is UTF-8");
  return Value(*std::move(data));
}

Outcome jsonencode(Arguments arguments, const CallContext&) {
  auto text = to_json(revealed(arguments[0]));
  if (!text) return bad_argument(0, text.error().message);
  return Value(*std::move(text));
}

Outcome jsondecode(Arguments arguments, const CallContext&) {
  auto value = from_json(text_of(arguments[0]));
  if (!value) return bad_argument(0, value.error().message);
  return *std::move(value);
}

Outcome urlencode(Arguments arguments, const CallContext&) {
  std::string result;
  for (const char c : text_of(arguments[0])) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      result += c;
    } else if (c == ' ') {
      result += '+';
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return Value(std::move(result));
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

Outcome urldecode(Arguments arguments, const CallContext&) {
  const std::string& text = text_of(arguments[0]);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low)
      return bad_argument(0, fmt::format("`%` at byte {} is not followed by two hexadecimal digits", i));
    result += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (!is_utf8(result)) return bad_argument(0, "what it encodes is not text", "a text is UTF-8");
  return Value(std::move(result));
}

}  // namespace

std::vector<Function> encoding_functions() {
  // clang-format off
  return {
      {.name = "base64encode", .parameters = {{"text", types::string}}, .result = types::string,
       .doc = "The text in base64.\nbase64encode(\"nmx\")  # \"bm14\"", .body = base64encode},
      {.name = "base64decode", .parameters = {{"text", types::string}}, .result = types::string,
       .doc = "The text that base64 encodes.\nbase64decode(\"bm14\")  # \"nmx\"", .body = base64decode},
      {.name = "jsonencode", .parameters = {{.name = "value", .type = types::any, .nullable = true}}, .result = types::string,
       .doc = "The value as JSON, keys in byte order; bytes as a number, durations in seconds.\njsonencode({ a = [1, true] })  # \"{\\\"a\\\":[1,true]}\"", .body = jsonencode},
      {.name = "jsondecode", .parameters = {{"text", types::string}}, .result = types::any,
       .doc = "The value that JSON writes.\njsondecode(\"[1, 2]\")  # [1, 2]", .body = jsondecode},
      {.name = "urlencode", .parameters = {{"text", types::string}}, .result = types::string,
       .doc = "The text as it stands in a query of a url.\nurlencode(\"a b&c\")  # \"a+b%26c\"", .body = urlencode},
      {.name = "urldecode", .parameters = {{"text", types::string}}, .result = types::string,
       .doc = "The text that a part of a query writes.\nurldecode(\"a+b%26c\")  # \"a b&c\"", .body = urldecode},
  };
  // clang-format on
}

}  // namespace nmx
