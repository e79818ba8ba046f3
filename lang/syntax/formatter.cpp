#include "lang/syntax/formatter.hpp"

#include <algorithm>

#include "lang/diagnostics/visible.hpp"
#include "lang/syntax/layout.hpp"
#include "lang/syntax/lexer.hpp"
#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

using syntax::Line;
using syntax::Piece;
using syntax::Token;

bool is_word(const Piece& piece, Token token) { return piece.what == Piece::What::word && piece.token == token; }

/// Where the sign stands that lines of one kind are aligned at: the `=` of an attribute, the `{` of a block on one
/// line. Nothing where a line has none.
std::size_t sign_of(const Line& line) {
  if (!line.balanced) return 0;
  for (std::size_t at = 0; at < line.pieces.size(); ++at) {
    const auto& piece = line.pieces[at];
    if (piece.what == Piece::What::comment) return 0;
    if (is_word(piece, Token::assign) || is_word(piece, Token::brace_open)) return at;
    const bool part_of_head =
        piece.what == Piece::What::string || is_word(piece, Token::name) || is_word(piece, Token::dot);
    if (!part_of_head) return 0;
  }
  return 0;
}

/// Lines that are aligned with each other: attributes with attributes, blocks with blocks of the same type.
bool belong_together(const Line& a, const Line& b) {
  const auto left = sign_of(a);
  const auto right = sign_of(b);
  if (left == 0 || right == 0 || a.indent != b.indent || b.gap) return false;
  if (a.pieces[left].token != b.pieces[right].token) return false;
  return is_word(a.pieces[left], Token::assign) || a.pieces.front().text == b.pieces.front().text;
}

std::size_t head_width(const Line& line) { return width(spaced(line, 0, sign_of(line))); }

void write(std::string& text, const Line& line, std::size_t column) {
  if (line.gap) text += '\n';
  text += std::string(line.indent * 2, ' ');
  const auto sign = sign_of(line);
  if (column == 0 || sign == 0) {
    text += spaced(line, 0, line.pieces.size());
  } else {
    text += spaced(line, 0, sign);
    text += std::string(column - head_width(line) + 1, ' ');
    text += spaced(line, sign, line.pieces.size());
  }
  text += '\n';
}

}  // namespace

Result<std::string> format(std::string_view text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto source = sources.add("text", std::string(text));
  parse(sources, source, diagnostics);
  if (diagnostics.has_errors())
    return Error{"the text has mistakes, so it cannot be laid out", "`nmx validate` shows them"};
  Diagnostics again;
  const auto lexed = syntax::lex(sources, syntax::whole(sources, source), again);
  const auto lines = syntax::lines_of(sources.text(source), lexed.tokens, lexed.comments);

  std::string result;
  for (std::size_t at = 0; at < lines.size();) {
    auto end = at + 1;
    while (end < lines.size() && belong_together(lines[end - 1], lines[end])) ++end;
    std::size_t column = 0;
    if (end - at > 1) {
      for (auto one = at; one < end; ++one) column = std::max(column, head_width(lines[one]));
    }
    for (; at < end; ++at) write(result, lines[at], column);
  }
  return result;
}

}  // namespace nmx
