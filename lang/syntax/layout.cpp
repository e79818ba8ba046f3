#include "lang/syntax/layout.hpp"

#include <algorithm>
#include <iterator>

namespace nmx::syntax {
namespace {

bool opens(Token token) {
  return token == Token::brace_open || token == Token::bracket_open || token == Token::paren_open;
}
bool closes(Token token) {
  return token == Token::brace_close || token == Token::bracket_close || token == Token::paren_close;
}

bool is_operator(Token token) {
  switch (token) {
    case Token::arrow:
    case Token::assign:
    case Token::question:
    case Token::colon:
    case Token::coalesce:
    case Token::either:
    case Token::both:
    case Token::equal:
    case Token::unequal:
    case Token::less_equal:
    case Token::greater_equal:
    case Token::less:
    case Token::greater:
    case Token::plus:
    case Token::minus:
    case Token::star:
    case Token::slash:
    case Token::percent:
    case Token::pipe: return true;
    case Token::newline:
    case Token::end:
    case Token::name:
    case Token::number:
    case Token::quote:
    case Token::text:
    case Token::interpolation_open:
    case Token::interpolation_close:
    case Token::text_quote:
    case Token::brace_open:
    case Token::brace_close:
    case Token::bracket_open:
    case Token::bracket_close:
    case Token::paren_open:
    case Token::paren_close:
    case Token::comma:
    case Token::dot:
    case Token::question_dot:
    case Token::ellipsis:
    case Token::bang: return false;
  }
  return false;
}

bool is_word_of_grammar(std::string_view word) { return word == "if" || word == "in" || word == "for"; }

/// A minus behind this belongs to what follows it.
bool expects_value(const Piece& piece) {
  if (piece.what != Piece::What::word) return false;
  return is_operator(piece.token) || opens(piece.token) || piece.token == Token::comma ||
         piece.token == Token::ellipsis || piece.token == Token::bang ||
         (piece.token == Token::name && is_word_of_grammar(piece.text));
}

bool is_unary(const Line& line, std::size_t at) {
  const auto& piece = line.pieces[at];
  if (piece.what != Piece::What::word) return false;
  if (piece.token == Token::bang) return true;
  return piece.token == Token::minus && (at == 0 || expects_value(line.pieces[at - 1]));
}

bool space_between(const Line& line, std::size_t at) {
  const auto& left = line.pieces[at - 1];
  const auto& right = line.pieces[at];
  if (right.what == Piece::What::comment) return true;
  const auto a = left.what == Piece::What::word ? left.token : Token::quote;
  const auto b = right.what == Piece::What::word ? right.token : Token::quote;
  if (a == Token::brace_open && b == Token::brace_close) return false;
  if (a == Token::brace_open || b == Token::brace_close || b == Token::brace_open)
    return !(a == Token::paren_open || a == Token::bracket_open);
  if (a == Token::paren_open || a == Token::bracket_open || b == Token::paren_close || b == Token::bracket_close)
    return false;
  if (b == Token::comma || a == Token::dot || b == Token::dot || a == Token::question_dot || b == Token::question_dot)
    return false;
  if (a == Token::ellipsis) return false;
  if (is_unary(line, at - 1)) return false;
  const bool callable = a == Token::name && !is_word_of_grammar(left.text);
  if (b == Token::paren_open && callable) return false;
  // `list[0]` and `for x in [0]` differ by what the user wrote.
  if (b == Token::bracket_open && right.touches && !expects_value(left)) return false;
  return true;
}

/// Splits words into pieces; a string stays whole, whatever is interpolated.
std::vector<std::pair<std::size_t, Piece>> pieces_of(std::string_view text, const std::vector<Lexeme>& tokens) {
  std::vector<std::pair<std::size_t, Piece>> pieces;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const auto& token = tokens[at];
    if (token.kind == Token::end) break;
    if (token.kind != Token::quote && token.kind != Token::text_quote) {
      pieces.push_back(
          {token.begin, {Piece::What::word, token.kind, text.substr(token.begin, token.end - token.begin)}});
      continue;
    }
    std::size_t end = at;
    // Quotes inside an interpolation open strings of their own.
    std::vector<Token> inside{token.kind};
    for (end = at + 1; !inside.empty(); ++end) {
      const auto kind = tokens[end].kind;
      if (kind == Token::interpolation_open)
        inside.push_back(kind);
      else if (kind == Token::interpolation_close)
        inside.pop_back();
      else if (kind == Token::quote || kind == Token::text_quote) {
        if (inside.back() == kind)
          inside.pop_back();
        else
          inside.push_back(kind);
      }
    }
    const auto& last = tokens[end - 1];
    pieces.push_back(
        {token.begin, {Piece::What::string, token.kind, text.substr(token.begin, last.end - token.begin)}});
    at = end - 1;
  }
  return pieces;
}

}  // namespace

std::string spaced(const Line& line, std::size_t begin, std::size_t end) {
  std::string text;
  for (auto at = begin; at < end; ++at) {
    if (at > begin && space_between(line, at)) text += ' ';
    text += line.pieces[at].text;
  }
  return text;
}

std::vector<Line> lines_of(std::string_view text, const std::vector<Lexeme>& tokens,
                           const std::vector<Span>& comments) {
  auto pieces = pieces_of(text, tokens);
  const auto is_in_string = [&, words = pieces.size()](const Span& comment) {
    const auto end = pieces.begin() + static_cast<std::ptrdiff_t>(words);
    const auto behind = std::upper_bound(pieces.begin(), end, comment.begin,
                                         [](std::uint32_t at, const auto& one) { return at < one.first; });
    if (behind == pieces.begin()) return false;
    const auto& [begin, piece] = *std::prev(behind);
    return piece.what == Piece::What::string && comment.begin < begin + piece.text.size();
  };
  for (const auto& comment : comments) {
    // What is interpolated into a string stays as it was written, its comments too.
    if (is_in_string(comment)) continue;
    auto words = text.substr(comment.begin, comment.end - comment.begin);
    while (!words.empty() && (words.back() == ' ' || words.back() == '\r' || words.back() == '\t'))
      words.remove_suffix(1);
    pieces.push_back({comment.begin, {Piece::What::comment, Token::name, words}});
  }
  std::sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  std::vector<Line> lines;
  Line line;
  std::size_t empty = 0;
  std::size_t last_end = 0;
  const auto finish = [&] {
    if (line.pieces.empty()) {
      ++empty;
      return;
    }
    line.gap = empty > 0 && !lines.empty();
    empty = 0;
    lines.push_back(std::move(line));
    line = {};
  };
  for (auto& [begin, piece] : pieces) {
    if (piece.what == Piece::What::word && piece.token == Token::newline) {
      finish();
    } else {
      piece.touches = begin == last_end && !line.pieces.empty();
      line.pieces.push_back(piece);
    }
    last_end = begin + piece.text.size();
  }
  finish();

  // A line is indented by the lines that still have something open, however much each opened.
  std::vector<std::size_t> open;
  const Piece* before = nullptr;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    auto& one = lines[at];
    std::size_t leading = 0;
    while (leading < one.pieces.size() && one.pieces[leading].what == Piece::What::word &&
           closes(one.pieces[leading].token))
      ++leading;
    auto still = open;
    for (std::size_t i = 0; i < leading && !still.empty(); ++i) still.pop_back();
    still.erase(std::unique(still.begin(), still.end()), still.end());
    one.indent = still.size();
    const auto& first = one.pieces.front();
    const bool continues = (before != nullptr && before->what == Piece::What::word && is_operator(before->token)) ||
                           (first.what == Piece::What::word && (is_operator(first.token) || first.token == Token::dot ||
                                                                first.token == Token::question_dot));
    if (continues) ++one.indent;
    const auto depth = open.size();
    for (const auto& piece : one.pieces) {
      if (piece.what != Piece::What::word) continue;
      if (opens(piece.token)) open.push_back(at);
      if (closes(piece.token) && !open.empty()) {
        if (open.size() <= depth) one.balanced = false;
        open.pop_back();
      }
    }
    one.balanced = one.balanced && open.size() == depth;
    // No empty line behind what opens or before what closes.
    const bool follows_open = at > 0 && !lines[at - 1].pieces.empty() &&
                              lines[at - 1].pieces.back().what == Piece::What::word &&
                              opens(lines[at - 1].pieces.back().token);
    if (leading > 0 || follows_open) one.gap = false;
    for (const auto& piece : one.pieces) {
      if (piece.what != Piece::What::comment) before = &piece;
    }
  }
  return lines;
}

}  // namespace nmx::syntax
