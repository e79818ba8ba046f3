#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lang/syntax/token.hpp"

namespace nmx::syntax {

/// What stands in a line and is not taken apart: a word, a whole string with its interpolations, a comment.
struct Piece {
  enum class What { word, string, comment } what = What::word;
  Token token = Token::name;
  std::string_view text;
  /// Nothing stood between it and the piece before.
  bool touches = false;
};

/// One line as it was written, without its spaces.
struct Line {
  std::vector<Piece> pieces;
  /// Empty lines before it, at most one.
  bool gap = false;
  std::size_t indent = 0;
  /// Everything that opens here closes here.
  bool balanced = true;
};

/// The lines of a text that parses, each with the indentation it gets.
std::vector<Line> lines_of(std::string_view text, const std::vector<Lexeme>& tokens, const std::vector<Span>& comments);

/// The pieces of a line from one index to another, with the spaces that belong between them.
std::string spaced(const Line& line, std::size_t begin, std::size_t end);

}  // namespace nmx::syntax
