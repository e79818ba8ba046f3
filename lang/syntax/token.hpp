#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/diagnostics/span.hpp"

namespace nmx::syntax {

enum class Token : std::uint8_t {
  newline,
  end,
  name,
  number,
  // A string is quote, then texts and interpolations in turn, then quote; `"""` likewise.
  quote,
  text,
  interpolation_open,
  interpolation_close,
  text_quote,
  brace_open,
  brace_close,
  bracket_open,
  bracket_close,
  paren_open,
  paren_close,
  comma,
  dot,
  question_dot,
  ellipsis,
  arrow,
  assign,
  question,
  colon,
  coalesce,
  either,
  both,
  equal,
  unequal,
  less_equal,
  greater_equal,
  less,
  greater,
  plus,
  minus,
  star,
  slash,
  percent,
  bang,
  pipe
};

/// One token: its kind and the bytes it covers.
struct Lexeme {
  Token kind;
  std::uint32_t begin;
  std::uint32_t end;
};

/// What a message calls it: `` `{` ``, `a name`, `the end of the line`.
std::string_view describe(Token kind);

}  // namespace nmx::syntax
