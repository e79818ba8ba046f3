#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/syntax/lexer.hpp"

namespace nmx::syntax {

/// Thrown when an item cannot be read any further, after the mistake was told; caught where items are read (body.cpp).
struct Unreadable {};

/// The words of a text or of a part of it, read from front to back. Inside `(` and `[` line breaks mean nothing and are
/// not seen.
class TokenStream {
 public:
  TokenStream(const SourceMap& sources, Span part, Diagnostics& diagnostics)
      : source_(part.source),
        text_(sources.text(part.source)),
        lexed_(lex(sources, part, diagnostics)),
        diagnostics_(diagnostics) {}

  const Lexeme& peek() {
    if (!breaks_count_) skip_breaks();
    return lexed_.tokens[at_];
  }
  Token kind() { return peek().kind; }
  bool at(Token kind) { return peek().kind == kind; }
  bool at_word(std::string_view word) { return at(Token::name) && text(peek()) == word; }
  Lexeme next() {
    const auto lexeme = peek();
    if (lexeme.kind != Token::end) ++at_;
    return lexeme;
  }
  bool take(Token kind) {
    if (!at(kind)) return false;
    ++at_;
    return true;
  }
  /// The word after the next one, line breaks left out of account.
  const Lexeme& second() const { return lexed_.tokens[std::min(at_ + 1, lexed_.tokens.size() - 1)]; }
  /// The next word that is no line break.
  const Lexeme& after_breaks() const {
    auto at = at_;
    while (lexed_.tokens[at].kind == Token::newline) ++at;
    return lexed_.tokens[at];
  }
  void skip_breaks() {
    while (lexed_.tokens[at_].kind == Token::newline) ++at_;
  }

  Span span(const Lexeme& lexeme) const { return {source_, lexeme.begin, lexeme.end}; }
  /// From a byte to the end of the word that was read last.
  Span since(std::uint32_t begin) const { return {source_, begin, at_ == 0 ? begin : lexed_.tokens[at_ - 1].end}; }
  std::string_view text(const Lexeme& lexeme) const { return text_.substr(lexeme.begin, lexeme.end - lexeme.begin); }
  std::string_view whole() const { return text_; }
  SourceId source() const { return source_; }
  Diagnostics& diagnostics() { return diagnostics_; }

  /// How line breaks are taken while it lives.
  class Breaks {
   public:
    Breaks(TokenStream& stream, bool count) : stream_(stream), before_(stream.breaks_count_) {
      stream.breaks_count_ = count;
    }
    ~Breaks() { stream_.breaks_count_ = before_; }
    Breaks(const Breaks&) = delete;
    Breaks& operator=(const Breaks&) = delete;

   private:
    TokenStream& stream_;
    bool before_;
  };
  bool breaks_count() const { return breaks_count_; }

  /// Index of the next word, to see whether anything was read.
  std::size_t position() const { return at_; }
  void move_to(std::size_t position) { at_ = position; }
  const std::vector<Lexeme>& tokens() const { return lexed_.tokens; }

 private:
  SourceId source_;
  std::string_view text_;
  Lexed lexed_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  bool breaks_count_ = true;
};

}  // namespace nmx::syntax
