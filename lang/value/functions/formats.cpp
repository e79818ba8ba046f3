#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "lang/value/convert.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/unicode.hpp"
#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

/// `%-08.3[2]f`, taken apart.
struct Verb {
  char32_t letter = 0;
  bool minus = false, plus = false, space = false, zero = false, sharp = false;
  std::size_t width = 0;
  std::optional<int> precision = {};
  std::optional<std::size_t> argument = {};  // counted from 1
};

/// One walk over a template. Errors carry the position of the argument that is to blame.
class Formatter {
 public:
  Formatter(std::u32string pattern, Arguments values) : pattern_(std::move(pattern)), values_(values) {}

  Outcome run() {
    while (at_ < pattern_.size()) {
      const char32_t c = pattern_[at_++];
      if (c != U'%') {
        out_ += c;
        continue;
      }
      if (auto error = verb()) return *std::move(error);
    }
    if (!numbered_ && next_ < values_.size()) {
      return bad_argument(static_cast<int>(next_ + 1), "the format has no verb for it");
    }
    return Value(to_utf8(out_));
  }

 private:
  using Problem = std::optional<OperationError>;

  bool accept(char32_t c) {
    if (at_ >= pattern_.size() || pattern_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<std::size_t> number() {
    constexpr std::size_t most = 10000;
    const std::size_t begin = at_;
    std::size_t value = 0;
    while (at_ < pattern_.size() && pattern_[at_] >= U'0' && pattern_[at_] <= U'9') {
      value = std::min(most, value * 10 + (pattern_[at_++] - U'0'));
    }
    return at_ > begin ? std::optional(value) : std::nullopt;
  }

  Problem verb() {
    Verb verb;
    for (bool flags = true; flags;) {
      flags = true;
      if (accept(U'-'))
        verb.minus = true;
      else if (accept(U'+'))
        verb.plus = true;
      else if (accept(U' '))
        verb.space = true;
      else if (accept(U'0'))
        verb.zero = true;
      else if (accept(U'#'))
        verb.sharp = true;
      else
        flags = false;
    }
    verb.width = number().value_or(0);
    if (accept(U'.')) verb.precision = static_cast<int>(number().value_or(0));
    if (accept(U'[')) {
      verb.argument = number();
      if (!verb.argument || *verb.argument == 0 || !accept(U']'))
        return bad_argument(0, "an argument's number is written `[1]`");
      numbered_ = true;
    }
    if (at_ >= pattern_.size()) return bad_argument(0, "the format ends within a verb", "`%%` is a percent sign");
    verb.letter = pattern_[at_++];
    if (verb.letter == U'%') {
      out_ += U'%';
      return std::nullopt;
    }
    const std::size_t position = verb.argument ? *verb.argument - 1 : next_;
    next_ = position + 1;
    if (position >= values_.size()) return bad_argument(0, fmt::format("there is no value for verb {}", position + 1));
    auto text = formatted(verb, values_[position]);
    if (auto* error = std::get_if<OperationError>(&text)) {
      if (error->argument < 0) error->argument = static_cast<int>(position + 1);
      return std::move(*error);
    }
    pad(code_points(std::get<std::string>(text)), verb);
    return std::nullopt;
  }

  void pad(std::u32string text, const Verb& verb) {
    if (text.size() < verb.width) {
      const std::size_t missing = verb.width - text.size();
      const bool numeric = std::u32string_view(U"bdoxXeEfFgG").find(verb.letter) != std::u32string_view::npos;
      if (verb.minus) {
        text.append(missing, U' ');
      } else if (verb.zero && numeric) {
        const bool sign = !text.empty() && (text[0] == U'-' || text[0] == U'+' || text[0] == U' ');
        text.insert(sign ? 1 : 0, missing, U'0');
      } else {
        text.insert(0, missing, verb.zero ? U'0' : U' ');
      }
    }
    out_ += text;
  }

  using Text = std::variant<std::string, OperationError>;

  static OperationError unfit(const Verb& verb, const Value& value) {
    return {OperationError::Kind::argument,
            fmt::format("`%{}` cannot take `{}`", to_utf8({&verb.letter, 1}), type_name(value))};
  }

  static std::string signed_text(std::string text, bool negative, const Verb& verb) {
    if (negative) return "-" + text;
    if (verb.plus) return "+" + text;
    return verb.space ? " " + text : text;
  }

  static Text whole(const Verb& verb, const Value& value) {
    auto converted = convert(value, types::integer);
    const Value* integer = std::get_if<Value>(&converted);
    if (!integer || !integer->integer()) {
      OperationError error = unfit(verb, value);
      if (value.is<double>()) error.help = "`floor(…)` or `ceil(…)` makes a whole number";
      return error;
    }
    const std::int64_t number = *integer->integer();
    const std::uint64_t size = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    std::string digits;
    if (verb.letter == U'b') digits = fmt::format("{:b}", size);
    if (verb.letter == U'd') digits = fmt::format("{}", size);
    if (verb.letter == U'o') digits = fmt::format("{:o}", size);
    if (verb.letter == U'x') digits = fmt::format("{}{:x}", verb.sharp ? "0x" : "", size);
    if (verb.letter == U'X') digits = fmt::format("{}{:X}", verb.sharp ? "0X" : "", size);
    return signed_text(std::move(digits), number < 0, verb);
  }

  static Text real(const Verb& verb, const Value& value) {
    if (!value.is_number()) return unfit(verb, value);
    const double number = number_of(value);
    const double size = std::abs(number);
    const int precision = verb.precision.value_or(6);
    std::string digits;
    if (verb.letter == U'f' || verb.letter == U'F') digits = fmt::format("{:.{}f}", size, precision);
    if (verb.letter == U'e') digits = fmt::format("{:.{}e}", size, precision);
    if (verb.letter == U'E') digits = fmt::format("{:.{}E}", size, precision);
    if (verb.letter == U'g' || verb.letter == U'G') {
      digits = verb.precision ? fmt::format("{:.{}g}", size, precision) : fmt::format("{:g}", size);
      // Without a precision, as many digits as tell the number apart.
      if (!verb.precision) digits = to_text(Value(size)).value_or(digits);
      if (verb.letter == U'G') std::replace(digits.begin(), digits.end(), 'e', 'E');
    }
    return signed_text(std::move(digits), std::signbit(number), verb);
  }

  static Text json(const Value& value) {
    auto written = to_json(value);
    if (!written) return OperationError{OperationError::Kind::argument, written.error().message};
    return *std::move(written);
  }

  static std::string cut(std::string text, const Verb& verb) {
    if (!verb.precision) return text;
    const std::u32string points = code_points(text);
    return to_utf8(std::u32string_view(points).substr(0, static_cast<std::size_t>(*verb.precision)));
  }

  static Text formatted(const Verb& verb, const Value& value) {
    switch (verb.letter) {
      case U'v': {
        if (verb.sharp || value.is_null() || value.is_list() || value.is_object()) return json(value);
        auto text = to_text(value);
        if (!text) return unfit(verb, value);
        return *std::move(text);
      }
      case U't':
        if (!value.boolean()) return unfit(verb, value);
        return *value.boolean() ? "true" : "false";
      case U'b':
      case U'd':
      case U'o':
      case U'x':
      case U'X': return whole(verb, value);
      case U'e':
      case U'E':
      case U'f':
      case U'F':
      case U'g':
      case U'G': return real(verb, value);
      case U's': {
        auto text = to_text(value);
        if (!text) return unfit(verb, value);
        return cut(*std::move(text), verb);
      }
      case U'q': {
        auto text = to_text(value);
        if (!text) return unfit(verb, value);
        return json(Value(cut(*std::move(text), verb)));
      }
      default:  // any other character, of which there are a million
        return bad_argument(0, fmt::format("there is no verb `%{}`", to_utf8({&verb.letter, 1})),
                            "`%s` is a text, `%d` a whole number, `%.2f` a number, `%v` anything");
    }
  }

  std::u32string pattern_;
  Arguments values_;
  std::u32string out_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;
  bool numbered_ = false;
};

Outcome format(Arguments arguments, const CallContext&) {
  return Formatter(code_points(text_of(arguments[0])), arguments.subspan(1)).run();
}

Outcome formatlist(Arguments arguments, const CallContext&) {
  std::optional<std::size_t> length;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const List* list = arguments[i].list();
    if (!list) continue;
    if (length && *length != list->size()) {
      return bad_argument(static_cast<int>(i),
                          fmt::format("{} elements, where an earlier list has {}", list->size(), *length));
    }
    length = list->size();
  }
  List lines;
  for (std::size_t row = 0; row < length.value_or(1); ++row) {
    std::vector<Value> values;
    for (const Value& argument : arguments.subspan(1))
      values.push_back(argument.list() ? (*argument.list())[row] : argument);
    Outcome line = Formatter(code_points(text_of(arguments[0])), values).run();
    if (std::holds_alternative<OperationError>(line)) return line;
    lines.push_back(std::get<Value>(std::move(line)));
  }
  return Value(std::move(lines));
}

}  // namespace

std::vector<Function> format_functions() {
  const Parameter values = {.name = "values", .type = types::any, .nullable = true};
  // clang-format off
  return {
      {.name = "format", .parameters = {{"format", types::string}, values}, .variadic = true, .result = types::string,
       .doc = "A text with values put in at `%s`, `%d`, `%x`, `%.2f`, `%q`, `%v` and the like.\nformat(\"%s-%03d\", \"web\", 7)  # \"web-007\"", .body = format},
      {.name = "formatlist", .parameters = {{"format", types::string}, values}, .variadic = true, .result = types::strings,
       .doc = "`format` for each element of lists of one length; other values stay the same in each.\nformatlist(\"%s.lan\", [\"a\", \"b\"])  # [\"a.lan\", \"b.lan\"]", .body = formatlist},
  };
  // clang-format on
}

}  // namespace nmx
