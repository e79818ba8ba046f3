#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "lang/diagnostics/suggest.hpp"
#include "lang/syntax/reader.hpp"
#include "lang/value/units.hpp"

// Numbers, strings and texts.
namespace nmx::syntax {
namespace {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | (code >> 6)), add(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    add(0xE0 | (code >> 12)), add(0x80 | ((code >> 6) & 0x3F)), add(0x80 | (code & 0x3F));
  } else {
    add(0xF0 | (code >> 18)), add(0x80 | ((code >> 12) & 0x3F)), add(0x80 | ((code >> 6) & 0x3F)),
        add(0x80 | (code & 0x3F));
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

ast::Expression Reader::number() {
  const auto word = words_.next();
  const auto span = words_.span(word);
  const auto whole = words_.text(word);
  const auto unit_at =
      std::find_if(whole.begin(), whole.end(), [](char c) { return !is_digit(c) && c != '_' && c != '.'; });
  const auto digits = whole.substr(0, static_cast<std::size_t>(unit_at - whole.begin()));
  const auto unit = whole.substr(digits.size());
  auto& diagnostics = words_.diagnostics();
  if (!unit.empty()) {
    const auto& known = unit_names();
    auto measured = measure(digits, unit);
    if (std::find(known.begin(), known.end(), unit) == known.end()) {
      const auto begin = word.begin + static_cast<std::uint32_t>(digits.size());
      auto help = measured.error().help;
      if (help.empty()) help = "bytes: B KB MB GB TB KiB MiB GiB TiB, durations: ms s m h d w";
      diagnostics.error(Code::unknown_unit, {span.source, begin, word.end}, fmt::format("there is no unit `{}`", unit))
          .with_help(std::move(help));
      return make(ast::Literal{Value{Poison{}}}, span);
    }
    if (measured) return make(ast::Literal{*std::move(measured)}, span);
    diagnostics.error(Code::bad_number, span, measured.error().message).with_help(measured.error().help);
    return make(ast::Literal{Value{Poison{}}}, span);
  }
  std::string plain;
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(plain), [](char c) { return c != '_'; });
  if (plain.find('.') == std::string::npos) {
    std::int64_t integer = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), integer);
    if (error == std::errc()) return make(ast::Literal{Value{integer}}, span);
    diagnostics.error(Code::bad_number, span, "this number does not fit into 64 bits")
        .with_help("integers are exact up to 9223372036854775807");
    return make(ast::Literal{Value{Poison{}}}, span);
  }
  double number = 0;
  std::from_chars(plain.data(), plain.data() + plain.size(), number);
  return make(ast::Literal{Value{number}}, span);
}

/// `indent` characters are left out at the beginning of each line.
std::string Reader::unescape(const Lexeme& piece, std::size_t indent, bool line_starts) {
  const auto raw = words_.text(piece);
  std::string result;
  result.reserve(raw.size());
  const auto bad = [&](std::size_t at, std::size_t length, std::string message, std::string help) {
    const auto begin = piece.begin + static_cast<std::uint32_t>(at);
    words_.diagnostics()
        .error(Code::bad_escape, {words_.source(), begin, begin + static_cast<std::uint32_t>(length)},
               std::move(message))
        .with_help(std::move(help));
  };
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (line_starts) {
      const auto end = std::min(at + indent, raw.size());
      while (at < end && (raw[at] == ' ' || raw[at] == '\t')) ++at;
      line_starts = false;
      if (at == raw.size()) break;
    }
    if (raw[at] == '\r' && at + 1 < raw.size() && raw[at + 1] == '\n') continue;
    if (raw[at] != '\\') {
      line_starts = raw[at] == '\n' && indent > 0;
      result += raw[at];
      continue;
    }
    const char escaped = raw[++at];
    switch (escaped) {
      case 'n': result += '\n'; continue;
      case 't': result += '\t'; continue;
      case 'r': result += '\r'; continue;
      case '"':
      case '\\':
      case '$': result += escaped; continue;
      case 'u': break;
      default: {
        bad(at - 1, 2, fmt::format("`\\{}` is no escape", escaped),
            "there are \\n \\t \\r \\\" \\\\ \\$ and \\u{1F600}");
        continue;
      }
    }
    const auto close = at + 1 < raw.size() && raw[at + 1] == '{' ? raw.find('}', at) : std::string_view::npos;
    std::uint32_t code = 0;
    const auto digits = close == std::string_view::npos ? std::string_view() : raw.substr(at + 2, close - at - 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    const bool read =
        !digits.empty() && digits.size() <= 6 && error == std::errc() && end == digits.data() + digits.size();
    if (!read || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
      bad(at - 1, 2 + digits.size() + (digits.empty() ? 0 : 2), "this `\\u` names no character",
          "write it like `\\u{1F600}`");
    } else {
      append_utf8(result, code);
    }
    if (close != std::string_view::npos) at = close;
  }
  return result;
}

ast::Expression Reader::interpolated(std::vector<ast::Expression> pieces, std::uint32_t begin) {
  const auto span = words_.since(begin);
  if (pieces.empty()) return make(ast::Literal{Value{std::string()}}, span);
  if (pieces.size() == 1 && std::holds_alternative<ast::Literal>(pieces[0].node)) {
    const auto& only = std::get<ast::Literal>(pieces[0].node).value;
    // `"${1}"` is a text too, so only a plain piece may stand alone.
    if (only.is_string()) return make(ast::Literal{only}, span);
  }
  return make(ast::Template{std::move(pieces)}, span);
}

ast::Expression Reader::string() {
  const auto open = words_.next();
  std::vector<ast::Expression> pieces;
  while (!words_.at(Token::quote)) {
    const auto word = words_.next();
    if (word.kind == Token::text) {
      pieces.push_back(make(ast::Literal{Value{unescape(word, 0, false)}}, words_.span(word)));
      continue;
    }
    if (word.kind != Token::interpolation_open) throw Unreadable{};
    const TokenStream::Breaks within(words_, false);
    if (words_.at(Token::interpolation_close)) unexpected("an expression inside `${ }`");
    pieces.push_back(expression());
    expect(Token::interpolation_close, "to close `${`");
  }
  words_.next();
  return interpolated(std::move(pieces), open.begin);
}

ast::Expression Reader::text() {
  const auto open = words_.next();
  std::vector<TextPiece> pieces;
  while (!words_.at(Token::text_quote)) {
    const auto word = words_.next();
    if (word.kind == Token::text) {
      pieces.push_back({word, {}});
      continue;
    }
    if (word.kind != Token::interpolation_open) throw Unreadable{};
    const TokenStream::Breaks within(words_, false);
    if (words_.at(Token::interpolation_close)) unexpected("an expression inside `${ }`");
    pieces.push_back({word, own(expression())});
    expect(Token::interpolation_close, "to close `${`");
  }
  words_.next();
  return interpolated(dedented(std::move(pieces)), open.begin);
}

/// The indentation that all lines share; blank lines and the line of the closing quotes do not count.
std::size_t Reader::indentation(const std::vector<TextPiece>& pieces) {
  auto common = std::string_view::npos;
  for (const auto& piece : pieces) {
    if (piece.expression) continue;
    const auto raw = words_.text(piece.word);
    for (auto at = raw.find('\n'); at != std::string_view::npos; at = raw.find('\n', at + 1)) {
      const auto first = raw.find_first_not_of(" \t", at + 1);
      const bool at_end = first == std::string_view::npos;
      if (at_end && &piece == &pieces.back()) continue;
      if (!at_end && (raw[first] == '\n' || raw[first] == '\r')) continue;
      common = std::min(common, (at_end ? raw.size() : first) - at - 1);
    }
  }
  return common == std::string_view::npos ? 0 : common;
}

std::vector<ast::Expression> Reader::dedented(std::vector<TextPiece> pieces) {
  const auto indent = indentation(pieces);
  std::vector<ast::Expression> result;
  for (auto& piece : pieces) {
    if (piece.expression) {
      result.push_back(std::move(*piece.expression));
      continue;
    }
    auto word = piece.word;
    const auto raw = words_.text(word);
    if (&piece == &pieces.front()) {
      // The line break behind the opening quotes belongs to the layout.
      if (raw.substr(0, 1) == "\n") word.begin += 1;
      if (raw.substr(0, 2) == "\r\n") word.begin += 2;
    }
    const auto last_break = raw.rfind('\n');
    const bool closing_line = &piece == &pieces.back() && last_break != std::string_view::npos &&
                              raw.find_first_not_of(" \t", last_break + 1) == std::string_view::npos;
    if (closing_line) word.end = std::max(word.begin, piece.word.begin + static_cast<std::uint32_t>(last_break) + 1);
    const bool line_starts = word.begin != piece.word.begin;
    result.push_back(make(ast::Literal{Value{unescape(word, indent, line_starts)}}, words_.span(piece.word)));
  }
  return result;
}

}  // namespace nmx::syntax
