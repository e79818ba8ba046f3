#include "lang/syntax/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/diagnostics/visible.hpp"
#include "lang/syntax/grammar.hpp"

namespace nmx::syntax {
namespace {

namespace p = tao::pegtl;

/// What a word is; nothing for what is skipped.
struct Found {
  enum class Skipped { no, blank, comment, slash_comment, star_comment } skipped = Skipped::no;
  Token token = Token::end;
};

template <typename Rule>
struct action {};

template <Token token>
struct gives {
  static void apply0(Found& found) { found.token = token; }
};
template <Found::Skipped skipped>
struct skips {
  static void apply0(Found& found) { found.skipped = skipped; }
};

// clang-format off
template <> struct action<grammar::blank>         : skips<Found::Skipped::blank> {};
template <> struct action<grammar::comment>       : skips<Found::Skipped::comment> {};
template <> struct action<grammar::slash_comment> : skips<Found::Skipped::slash_comment> {};
template <> struct action<grammar::star_comment>  : skips<Found::Skipped::star_comment> {};
template <> struct action<grammar::newline>       : gives<Token::newline> {};
template <> struct action<grammar::name>          : gives<Token::name> {};
template <> struct action<grammar::number>        : gives<Token::number> {};
template <> struct action<grammar::quote>         : gives<Token::quote> {};
template <> struct action<grammar::text_quote>    : gives<Token::text_quote> {};
template <> struct action<grammar::ellipsis>      : gives<Token::ellipsis> {};
template <> struct action<grammar::arrow>         : gives<Token::arrow> {};
template <> struct action<grammar::equal>         : gives<Token::equal> {};
template <> struct action<grammar::unequal>       : gives<Token::unequal> {};
template <> struct action<grammar::less_equal>    : gives<Token::less_equal> {};
template <> struct action<grammar::greater_equal> : gives<Token::greater_equal> {};
template <> struct action<grammar::both>          : gives<Token::both> {};
template <> struct action<grammar::either>        : gives<Token::either> {};
template <> struct action<grammar::coalesce>      : gives<Token::coalesce> {};
template <> struct action<grammar::question_dot>  : gives<Token::question_dot> {};
template <> struct action<grammar::brace_open>    : gives<Token::brace_open> {};
template <> struct action<grammar::brace_close>   : gives<Token::brace_close> {};
template <> struct action<grammar::bracket_open>  : gives<Token::bracket_open> {};
template <> struct action<grammar::bracket_close> : gives<Token::bracket_close> {};
template <> struct action<grammar::paren_open>    : gives<Token::paren_open> {};
template <> struct action<grammar::paren_close>   : gives<Token::paren_close> {};
template <> struct action<grammar::comma>         : gives<Token::comma> {};
template <> struct action<grammar::dot>           : gives<Token::dot> {};
template <> struct action<grammar::assign>        : gives<Token::assign> {};
template <> struct action<grammar::question>      : gives<Token::question> {};
template <> struct action<grammar::colon>         : gives<Token::colon> {};
template <> struct action<grammar::less>          : gives<Token::less> {};
template <> struct action<grammar::greater>       : gives<Token::greater> {};
template <> struct action<grammar::plus>          : gives<Token::plus> {};
template <> struct action<grammar::minus>         : gives<Token::minus> {};
template <> struct action<grammar::star>          : gives<Token::star> {};
template <> struct action<grammar::slash>         : gives<Token::slash> {};
template <> struct action<grammar::percent>       : gives<Token::percent> {};
template <> struct action<grammar::bang>          : gives<Token::bang> {};
template <> struct action<grammar::pipe>          : gives<Token::pipe> {};
// clang-format on

using Input = p::memory_input<p::tracking_mode::lazy>;

/// What the lexer is inside of: the file, a string, a text, an interpolation (with the braces open in it).
struct Inside {
  enum class What { file, string, text, interpolation } what;
  std::uint32_t opened = 0;
  int braces = 0;
};

class Lexer {
 public:
  Lexer(const SourceMap& sources, Span part, Diagnostics& diagnostics)
      : source_(part.source),
        text_(sources.text(part.source).substr(0, part.end)),
        diagnostics_(diagnostics),
        at_(part.begin) {}

  Lexed run() {
    lexed_.tokens.reserve((text_.size() - at_) / 4 + 16);
    if (at_ == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    Input in(text_.data() + at_, text_.data() + text_.size(), "");
    while (at_ < text_.size() || inside_.size() > 1) {
      if (inside_.back().what == Inside::What::string) {
        in_string(in);
      } else if (inside_.back().what == Inside::What::text) {
        in_text(in);
      } else {
        if (at_ >= text_.size()) break;
        in_code(in);
      }
    }
    for (auto one = inside_.rbegin(); one != inside_.rend(); ++one) {
      // A string inside it was reported already where it broke off.
      if (one->what == Inside::What::interpolation) {
        diagnostics_.error(Code::unterminated_string, span(one->opened, one->opened + 2), "this `${` is never closed");
        break;
      }
    }
    add(Token::end, text_.size(), text_.size());
    return std::move(lexed_);
  }

 private:
  Span span(std::size_t begin, std::size_t end) const {
    return {source_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  void add(Token kind, std::size_t begin, std::size_t end) {
    lexed_.tokens.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }
  std::size_t position(const Input& in) const { return static_cast<std::size_t>(in.current() - text_.data()); }
  void move_to(Input& in, std::size_t byte) {
    in.bump(byte - position(in));
    at_ = byte;
  }

  void in_code(Input& in) {
    const auto begin = at_;
    Found found;
    if (!p::parse<grammar::word, action>(in, found)) return stray(in);
    at_ = position(in);
    switch (found.skipped) {
      case Found::Skipped::blank: return;
      case Found::Skipped::comment: return lexed_.comments.push_back(span(begin, at_));
      case Found::Skipped::slash_comment:
        diagnostics_.error(Code::foreign_comment, span(begin, begin + 2), "comments begin with `#`, not with `//`");
        return;
      case Found::Skipped::star_comment:
        diagnostics_
            .error(Code::foreign_comment, span(begin, begin + 2), "comments begin with `#` and end with the line")
            .with_help("put `#` before each line of it");
        return;
      case Found::Skipped::no: break;
    }
    track(found.token, begin);
  }

  /// Follows quotes and braces, which decide what the next characters are.
  void track(Token token, std::size_t begin) {
    auto& inside = inside_.back();
    const auto opened = static_cast<std::uint32_t>(begin);
    if (token == Token::quote) {
      add(token, begin, at_);
      inside_.push_back({Inside::What::string, opened});
      return;
    }
    if (token == Token::text_quote) {
      add(token, begin, at_);
      inside_.push_back({Inside::What::text, opened});
      return;
    }
    if (inside.what == Inside::What::interpolation) {
      if (token == Token::brace_open) ++inside.braces;
      if (token == Token::brace_close && inside.braces-- == 0) {
        inside_.pop_back();
        add(Token::interpolation_close, begin, at_);
        return;
      }
    }
    add(token, begin, at_);
  }

  void stray(Input& in) {
    const auto length = std::max<std::size_t>(utf8_length(text_.substr(at_)), 1);
    const auto shown = visible(text_.substr(at_, length));
    auto& told = diagnostics_.error(Code::unexpected_character, span(at_, at_ + length),
                                    fmt::format("`{}` has no meaning here", shown));
    if (shown == "'" || shown == "`" || shown == "“" || shown == "”") told.with_help("strings stand between `\"`");
    if (shown == ";") told.with_help("separate by a line break or `,`");
    if (shown == "&") told.with_help("\"and\" is `&&`");
    move_to(in, at_ + length);
  }

  void in_string(Input& in) {
    const auto begin = at_;
    if (p::parse<grammar::string_text>(in)) {
      at_ = position(in);
      return add(Token::text, begin, at_);
    }
    if (at_ < text_.size() && text_[at_] == '"') return close(in, Token::quote, 1);
    if (p::parse<grammar::interpolation>(in)) return interpolate(in, begin);
    broken_off(in, "this string is not closed on its line",
               "close it with `\"`, or write `\"\"\"` for a text of several lines");
  }

  void in_text(Input& in) {
    const auto begin = at_;
    if (p::parse<grammar::long_text>(in)) {
      at_ = position(in);
      return add(Token::text, begin, at_);
    }
    if (text_.substr(at_, 3) == "\"\"\"") return close(in, Token::text_quote, 3);
    if (p::parse<grammar::interpolation>(in)) return interpolate(in, begin);
    broken_off(in, "this text is never closed", "close it with `\"\"\"`");
  }

  void close(Input& in, Token token, std::size_t length) {
    add(token, at_, at_ + length);
    move_to(in, at_ + length);
    inside_.pop_back();
  }

  void interpolate(Input& in, std::size_t begin) {
    at_ = position(in);
    add(Token::interpolation_open, begin, at_);
    inside_.push_back({Inside::What::interpolation, static_cast<std::uint32_t>(begin)});
  }

  /// The end of the line (or file) inside a string: it is taken as closed, and whatever it stood in as well.
  void broken_off(Input& in, const char* message, const char* help) {
    const auto opened = inside_.back().opened;
    const auto quotes = inside_.back().what == Inside::What::text ? 3u : 1u;
    if (at_ < text_.size() && text_[at_] == '\\') {
      diagnostics_.error(Code::bad_escape, span(at_, at_ + 1), "this `\\` escapes nothing");
      return move_to(in, at_ + 1);
    }
    diagnostics_.error(Code::unterminated_string, span(opened, opened + quotes), message).with_help(help);
    add(quotes == 3 ? Token::text_quote : Token::quote, at_, at_);
    inside_.pop_back();
    while (inside_.size() > 1) {
      const auto what = inside_.back().what;
      const auto token = what == Inside::What::interpolation ? Token::interpolation_close
                         : what == Inside::What::text        ? Token::text_quote
                                                             : Token::quote;
      add(token, at_, at_);
      inside_.pop_back();
    }
  }

  SourceId source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_;
  std::vector<Inside> inside_{{Inside::What::file}};
  Lexed lexed_;
};

/// Whether the part is something that can be read at all.
bool readable(std::string_view whole, Span part, Diagnostics& diagnostics) {
  constexpr std::size_t largest = std::size_t{64} << 20;
  const auto text = whole.substr(0, part.end);
  if (text.size() > largest) {
    diagnostics.error(Code::too_large, {part.source, 0, 0}, "this file is longer than 64 MiB");
    return false;
  }
  for (std::size_t at = part.begin; at < text.size();) {
    const auto length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : utf8_length(text.substr(at));
    if (length == 0) {
      const auto place = static_cast<std::uint32_t>(at);
      diagnostics.error(Code::invalid_utf8, {part.source, place, place + 1}, fmt::format("byte {} is not UTF-8", at))
          .with_help("save the file as UTF-8");
      return false;
    }
    at += length;
  }
  return true;
}

}  // namespace

Span whole(const SourceMap& sources, SourceId source) {
  return {source, 0, static_cast<std::uint32_t>(sources.text(source).size())};
}

Lexed lex(const SourceMap& sources, Span part, Diagnostics& diagnostics) {
  if (!readable(sources.text(part.source), part, diagnostics)) return {{{Token::end, part.begin, part.begin}}, {}};
  return Lexer(sources, part, diagnostics).run();
}

}  // namespace nmx::syntax
