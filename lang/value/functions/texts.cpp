#include <fmt/core.h>

#include <algorithm>

#include "lang/value/convert.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/unicode.hpp"

namespace nmx {
namespace {

Outcome chomp(Arguments arguments, const CallContext&) {
  std::string text = text_of(arguments[0]);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return Value(std::move(text));
}

Outcome startswith(Arguments arguments, const CallContext&) {
  return Value(text_of(arguments[0]).starts_with(text_of(arguments[1])));
}
Outcome endswith(Arguments arguments, const CallContext&) {
  return Value(text_of(arguments[0]).ends_with(text_of(arguments[1])));
}
Outcome strcontains(Arguments arguments, const CallContext&) {
  return Value(text_of(arguments[0]).find(text_of(arguments[1])) != std::string::npos);
}

Outcome indent(Arguments arguments, const CallContext&) {
  constexpr std::int64_t most = 1024;
  const std::int64_t width = integer_of(arguments[0]);
  if (width < 0 || width > most) return bad_argument(0, fmt::format("{} is not between 0 and {}", width, most));
  const std::string spaces(static_cast<std::size_t>(width), ' ');
  std::string result;
  for (const char c : text_of(arguments[1])) {
    result += c;
    if (c == '\n') result += spaces;
  }
  return Value(std::move(result));
}

Outcome join(Arguments arguments, const CallContext&) {
  std::string result;
  bool first = true;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const List& list = list_of(arguments[i]);
    for (std::size_t j = 0; j < list.size(); ++j) {
      const auto text = to_text(list[j]);
      if (!text)
        return bad_argument(static_cast<int>(i), fmt::format("[{}] is `{}`, which has no text", j, type_name(list[j])));
      if (!first) result += text_of(arguments[0]);
      first = false;
      result += *text;
    }
  }
  return Value(std::move(result));
}

Outcome split(Arguments arguments, const CallContext&) {
  const std::string& separator = text_of(arguments[0]);
  const std::string& text = text_of(arguments[1]);
  List parts;
  if (separator.empty()) {
    for (const char32_t point : code_points(text)) parts.emplace_back(to_utf8({&point, 1}));
    return Value(std::move(parts));
  }
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return Value(std::move(parts));
    begin = end + separator.size();
  }
}

Outcome lower_text(Arguments arguments, const CallContext&) {
  std::u32string points = code_points(text_of(arguments[0]));
  std::transform(points.begin(), points.end(), points.begin(), lower);
  return Value(to_utf8(points));
}

Outcome upper_text(Arguments arguments, const CallContext&) {
  std::u32string points = code_points(text_of(arguments[0]));
  std::transform(points.begin(), points.end(), points.begin(), upper);
  return Value(to_utf8(points));
}

Outcome title(Arguments arguments, const CallContext&) {
  std::u32string points = code_points(text_of(arguments[0]));
  bool begins = true;
  for (char32_t& point : points) {
    if (begins) point = upper(point);
    const bool digit = point >= U'0' && point <= U'9';
    begins = !is_letter(point) && !digit && point != U'_' && point != U'\'';
  }
  return Value(to_utf8(points));
}

Outcome strrev(Arguments arguments, const CallContext&) {
  std::u32string points = code_points(text_of(arguments[0]));
  std::reverse(points.begin(), points.end());
  return Value(to_utf8(points));
}

Outcome substr(Arguments arguments, const CallContext&) {
  const std::u32string points = code_points(text_of(arguments[0]));
  const auto size = static_cast<std::int64_t>(points.size());
  const std::int64_t offset = integer_of(arguments[1]);
  const std::int64_t length = integer_of(arguments[2]);
  if (length < -1) return bad_argument(2, fmt::format("{} is not a length", length), "-1 takes all that is left");
  // A negative offset counts from the end.
  const std::int64_t begin = std::clamp(offset < 0 ? size + std::max(offset, -size) : offset, std::int64_t{0}, size);
  const std::int64_t count = length < 0 ? size - begin : std::min(length, size - begin);
  return Value(
      to_utf8(std::u32string_view(points).substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(count))));
}

template <typename Unwanted>
std::string trimmed(const std::string& text, Unwanted unwanted) {
  const std::u32string points = code_points(text);
  const auto wanted = [&](char32_t point) { return !unwanted(point); };
  const auto begin = std::find_if(points.begin(), points.end(), wanted);
  const auto end = std::find_if(points.rbegin(), std::make_reverse_iterator(begin), wanted).base();
  return to_utf8(std::u32string(begin, end));
}

Outcome trim(Arguments arguments, const CallContext&) {
  const std::u32string cut = code_points(text_of(arguments[1]));
  return Value(trimmed(text_of(arguments[0]), [&](char32_t point) { return cut.find(point) != std::u32string::npos; }));
}

Outcome trimspace(Arguments arguments, const CallContext&) { return Value(trimmed(text_of(arguments[0]), is_space)); }

Outcome trimprefix(Arguments arguments, const CallContext&) {
  const std::string& text = text_of(arguments[0]);
  const std::string& prefix = text_of(arguments[1]);
  return Value(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

Outcome trimsuffix(Arguments arguments, const CallContext&) {
  const std::string& text = text_of(arguments[0]);
  const std::string& suffix = text_of(arguments[1]);
  return Value(text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text);
}

}  // namespace

std::vector<Function> text_functions() {
  const Parameter text = {"text", types::string};
  // clang-format off
  return {
      {.name = "chomp", .parameters = {text}, .result = types::string,
       .doc = "The text without line breaks at its end.\nchomp(\"a\\n\")  # \"a\"", .body = chomp},
      {.name = "startswith", .parameters = {text, {"prefix", types::string}}, .result = types::boolean,
       .doc = "Whether a text begins with another.\nstartswith(\"nmx\", \"n\")  # true", .body = startswith},
      {.name = "endswith", .parameters = {text, {"suffix", types::string}}, .result = types::boolean,
       .doc = "Whether a text ends with another.\nendswith(\"nmx\", \"x\")  # true", .body = endswith},
      {.name = "strcontains", .parameters = {text, {"part", types::string}}, .result = types::boolean,
       .doc = "Whether a text holds another.\nstrcontains(\"nmx\", \"m\")  # true", .body = strcontains},
      {.name = "indent", .parameters = {{"spaces", types::integer}, text}, .result = types::string,
       .doc = "The text with spaces before each line but the first.\nindent(2, \"a\\nb\")  # \"a\\n  b\"", .body = indent},
      {.name = "join", .parameters = {{"separator", types::string}, {"lists", types::list}}, .variadic = true, .result = types::string,
       .doc = "The texts of the elements with a separator between them.\njoin(\", \", [\"a\", \"b\"])  # \"a, b\"", .body = join},
      {.name = "split", .parameters = {{"separator", types::string}, text}, .result = types::strings,
       .doc = "The parts between separators.\nsplit(\",\", \"a,b\")  # [\"a\", \"b\"]", .body = split},
      {.name = "lower", .parameters = {text}, .result = types::string,
       .doc = "The text in small letters.\nlower(\"NMX\")  # \"nmx\"", .body = lower_text},
      {.name = "upper", .parameters = {text}, .result = types::string,
       .doc = "The text in capitals.\nupper(\"nmx\")  # \"NMX\"", .body = upper_text},
      {.name = "title", .parameters = {text}, .result = types::string,
       .doc = "The text with a capital at the beginning of each word.\ntitle(\"hello world\")  # \"Hello World\"", .body = title},
      {.name = "strrev", .parameters = {text}, .result = types::string,
       .doc = "The characters from last to first.\nstrrev(\"abc\")  # \"cba\"", .body = strrev},
      {.name = "substr", .parameters = {text, {"offset", types::integer}, {"length", types::integer}}, .result = types::string,
       .doc = "Some characters of a text; a negative offset counts from the end, length -1 takes the rest.\nsubstr(\"hello\", 1, 3)  # \"ell\"", .body = substr},
      {.name = "trim", .parameters = {text, {"characters", types::string}}, .result = types::string,
       .doc = "The text without the given characters at both ends.\ntrim(\"?!a?!\", \"!?\")  # \"a\"", .body = trim},
      {.name = "trimspace", .parameters = {text}, .result = types::string,
       .doc = "The text without white space at both ends.\ntrimspace(\" a \")  # \"a\"", .body = trimspace},
      {.name = "trimprefix", .parameters = {text, {"prefix", types::string}}, .result = types::string,
       .doc = "The text without a prefix.\ntrimprefix(\"nmx-a\", \"nmx-\")  # \"a\"", .body = trimprefix},
      {.name = "trimsuffix", .parameters = {text, {"suffix", types::string}}, .result = types::string,
       .doc = "The text without a suffix.\ntrimsuffix(\"a.nmx\", \".nmx\")  # \"a\"", .body = trimsuffix},
  };
  // clang-format on
}

}  // namespace nmx
