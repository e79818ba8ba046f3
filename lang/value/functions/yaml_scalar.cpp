#include "lang/value/functions/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "lang/value/functions/timestamp.hpp"

namespace nmx {
namespace {

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> trues{"true", "True", "TRUE", "yes", "Yes", "YES",
                                                 "on",   "On",   "ON",   "y",   "Y"};
constexpr std::array<std::string_view, 11> falses{"false", "False", "FALSE", "no", "No", "NO",
                                                  "off",   "Off",   "OFF",   "n",  "N"};
constexpr std::array<std::string_view, 12> not_finite{".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf", "+.INF",
                                                      "-.inf", "-.Inf", "-.INF", ".nan",  ".NaN",  ".NAN"};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// How many digits stand from a place on.
std::size_t digits(std::string_view text, std::size_t from) {
  auto at = from;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at - from;
}

std::optional<Value> whole_of(std::string_view digits_of, int base) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits_of.data(), digits_of.data() + digits_of.size(), number, base);
  if (digits_of.empty() || error != std::errc() || end != digits_of.data() + digits_of.size()) return std::nullopt;
  return Value(number);
}

std::optional<Value> number(std::string_view text) {
  if (text.starts_with("0x")) return whole_of(text.substr(2), 16);
  if (text.starts_with("0o")) return whole_of(text.substr(2), 8);
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const auto whole = digits(text, at);
  at += whole;
  std::size_t fraction = 0;
  const bool has_point = at < text.size() && text[at] == '.';
  if (has_point) fraction = digits(text, at + 1), at += 1 + fraction;
  if (whole + fraction == 0) return std::nullopt;
  bool has_exponent = false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const auto exponent = digits(text, at);
    if (exponent == 0) return std::nullopt;
    at += exponent;
    has_exponent = true;
  }
  if (at != text.size()) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (!has_point && !has_exponent) {
    if (auto exact = whole_of(text, 10)) return exact;
  }
  double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error != std::errc() || end != text.data() + text.size()) return Value(Poison{});
  constexpr double exact_limit = 9007199254740992.0;
  const bool is_whole = std::floor(real) == real && std::abs(real) < exact_limit;
  return is_whole ? Value(static_cast<std::int64_t>(real)) : Value(real);
}

/// A time as Terraform reads it, in RFC 3339 without fractions: `2026-1-2`, `2026-01-02 3:04:05`,
/// `2026-01-02T03:04:05.5+01:00`.
std::optional<std::string> time(std::string_view text) {
  std::size_t at = 0;
  bool good = digits(text, 0) == 4;
  std::string padded(text.substr(0, at = std::min<std::size_t>(text.size(), 4)));
  const auto field = [&](std::string_view before) {
    const auto count = at < text.size() ? digits(text, at + 1) : 0;
    good = good && count > 0 && count <= 2 && before.find(text[at]) != before.npos;
    if (!good) return;
    padded += before.front();
    padded.append(2 - count, '0').append(text.substr(at + 1, count));
    at += 1 + count;
  };
  field("-");
  field("-");
  if (!good) return std::nullopt;
  if (at == text.size()) {
    padded += "T00:00:00Z";
  } else {
    const bool has_zone = text[at] != ' ';
    field("Tt ");
    field(":");
    field(":");
    if (!good) return std::nullopt;
    padded.append(text.substr(at)).append(has_zone ? "" : "Z");
  }
  auto parsed = parse_timestamp(padded);
  if (!parsed) return std::nullopt;
  parsed->nanoseconds_of_second = 0;
  return to_string(*parsed);
}

}  // namespace

bool is_yaml_time(std::string_view text) { return time(text).has_value(); }

Value yaml_scalar(std::string_view text) {
  if (is_one_of(nulls, text)) return {};
  if (is_one_of(trues, text)) return Value(true);
  if (is_one_of(falses, text)) return Value(false);
  if (is_one_of(not_finite, text)) return Value(Poison{});
  if (auto found = number(text)) return *std::move(found);
  if (auto found = time(text)) return Value(*std::move(found));
  return Value(text);
}

}  // namespace nmx
