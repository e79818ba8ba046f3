#include <fmt/core.h>
#include <re2/re2.h>

#include <memory>
#include <optional>

#include "lang/value/functions/families.hpp"

namespace nmx {
namespace {

/// RE2, because it answers in linear time whatever the pattern, and has the syntax that Terraform's users know.
std::variant<std::unique_ptr<re2::RE2>, OperationError> compiled(const std::string& pattern, int argument) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(std::int64_t{8} << 20);
  auto regex = std::make_unique<re2::RE2>(pattern, options);
  if (regex->ok()) return regex;
  return bad_argument(argument, fmt::format("not a regular expression: {}", regex->error()));
}

using Groups = std::vector<re2::StringPiece>;

bool find(const re2::RE2& regex, const std::string& text, std::size_t begin, Groups& groups) {
  groups.assign(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1, {});
  return regex.Match(text, begin, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()));
}

Value group_value(const re2::StringPiece& group) { return group.data() ? Value(std::string(group)) : Value(); }

/// No groups: the match. Unnamed groups: a list. Named groups: an object.
Value match_value(const re2::RE2& regex, const Groups& groups) {
  if (groups.size() == 1) return group_value(groups[0]);
  if (!regex.NamedCapturingGroups().empty()) {
    Object named;
    for (const auto& [name, number] : regex.NamedCapturingGroups())
      named.set(name, group_value(groups[static_cast<std::size_t>(number)]));
    return named;
  }
  List captured;
  for (std::size_t i = 1; i < groups.size(); ++i) captured.push_back(group_value(groups[i]));
  return captured;
}

/// Where to look on after a match: an empty one must not be found again.
std::size_t after(const std::string& text, const re2::StringPiece& match) {
  auto end = static_cast<std::size_t>(match.data() - text.data()) + match.size();
  if (!match.empty()) return end;
  ++end;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end;
}

std::optional<OperationError> mixed_groups(const re2::RE2& regex) {
  const std::size_t named = regex.NamedCapturingGroups().size();
  if (named == 0 || named == static_cast<std::size_t>(regex.NumberOfCapturingGroups())) return std::nullopt;
  return bad_argument(0, "groups with and without a name cannot be mixed",
                      "a group that captures nothing is written `(?:…)`");
}

Outcome regex(Arguments arguments, const CallContext&) {
  auto made = compiled(text_of(arguments[0]), 0);
  if (auto* error = std::get_if<OperationError>(&made)) return std::move(*error);
  const re2::RE2& pattern = *std::get<0>(made);
  if (auto error = mixed_groups(pattern)) return *std::move(error);
  Groups groups;
  if (!find(pattern, text_of(arguments[1]), 0, groups)) {
    return bad_argument(1, "the pattern does not match",
                        "`regexall(…)` gives an empty list, `try(regex(…), …)` a default");
  }
  return match_value(pattern, groups);
}

Outcome regexall(Arguments arguments, const CallContext&) {
  auto made = compiled(text_of(arguments[0]), 0);
  if (auto* error = std::get_if<OperationError>(&made)) return std::move(*error);
  const re2::RE2& pattern = *std::get<0>(made);
  if (auto error = mixed_groups(pattern)) return *std::move(error);
  const std::string& text = text_of(arguments[1]);
  List matches;
  Groups groups;
  for (std::size_t at = 0; at <= text.size() && find(pattern, text, at, groups); at = after(text, groups[0])) {
    matches.push_back(match_value(pattern, groups));
  }
  return Value(std::move(matches));
}

/// `$1`, `${1}`, `${name}`, `$$` in a replacement.
std::string expanded(const std::string& replacement, const re2::RE2& regex, const Groups& groups) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto group_named = [&](const std::string& name) -> std::string {
    std::size_t number = groups.size();
    if (name.find_first_not_of("0123456789") == std::string::npos && name.size() < 4) {
      number = static_cast<std::size_t>(std::stoi(name));
    } else if (const auto found = regex.NamedCapturingGroups().find(name);
               found != regex.NamedCapturingGroups().end()) {
      number = static_cast<std::size_t>(found->second);
    }
    return number < groups.size() && groups[number].data() ? std::string(groups[number]) : "";
  };
  std::string result;
  for (std::size_t i = 0; i < replacement.size();) {
    if (replacement[i] != '$' || i + 1 == replacement.size()) {
      result += replacement[i++];
      continue;
    }
    ++i;
    if (replacement[i] == '$') {
      result += replacement[i++];
      continue;
    }
    const bool braces = replacement[i] == '{';
    const std::size_t begin = braces ? i + 1 : i;
    std::size_t end = begin;
    while (end < replacement.size() && is_word(replacement[end])) ++end;
    if (end == begin || (braces && (end == replacement.size() || replacement[end] != '}'))) {
      result += '$';
      continue;
    }
    result += group_named(replacement.substr(begin, end - begin));
    i = braces ? end + 1 : end;
  }
  return result;
}

Outcome replace_pattern(const std::string& text, const std::string& pattern, const std::string& replacement) {
  auto made = compiled(pattern, 1);
  if (auto* error = std::get_if<OperationError>(&made)) return std::move(*error);
  const re2::RE2& expression = *std::get<0>(made);
  std::string result;
  std::size_t copied = 0;
  Groups groups;
  for (std::size_t at = 0; at <= text.size() && find(expression, text, at, groups); at = after(text, groups[0])) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    result += text.substr(copied, begin - copied) + expanded(replacement, expression, groups);
    copied = begin + groups[0].size();
  }
  return Value(result + text.substr(copied));
}

Outcome replace(Arguments arguments, const CallContext&) {
  const std::string& text = text_of(arguments[0]);
  const std::string& part = text_of(arguments[1]);
  const std::string& replacement = text_of(arguments[2]);
  if (part.size() > 1 && part.starts_with('/') && part.ends_with('/')) {
    return replace_pattern(text, part.substr(1, part.size() - 2), replacement);
  }
  if (part.empty()) return bad_argument(1, "an empty text is everywhere");
  std::string result;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(part, begin);
    result += text.substr(begin, end - begin);
    if (end == std::string::npos) return Value(std::move(result));
    result += replacement;
    begin = end + part.size();
  }
}

}  // namespace

std::vector<Function> regex_functions() {
  // clang-format off
  return {
      {.name = "regex", .parameters = {{"pattern", types::string}, {"text", types::string}}, .result = types::any,
       .doc = "The first match: its text, a list of its groups, or an object of its named groups.\nregex(\"[0-9]+\", \"ct105\")  # \"105\"", .body = regex},
      {.name = "regexall", .parameters = {{"pattern", types::string}, {"text", types::string}}, .result = types::list,
       .doc = "All matches, each as `regex` gives it.\nregexall(\"[0-9]+\", \"1 and 22\")  # [\"1\", \"22\"]", .body = regexall},
      {.name = "replace", .parameters = {{"text", types::string}, {"part", types::string}, {"replacement", types::string}}, .result = types::string,
       .doc = "The text with a part replaced everywhere; `/…/` is a regular expression, whose groups are `$1` or `${name}`.\nreplace(\"a.b\", \".\", \"-\")  # \"a-b\"", .body = replace},
  };
  // clang-format on
}

}  // namespace nmx
