#include "lang/config/template_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

constexpr std::size_t deepest = 50;

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

/// `${…}` or `%{…}`; what is inside lies between the `~` that may stand there.
struct Mark {
  char sign = '$';
  Span whole;
  Span inside;
  bool trims_before = false;
  bool trims_behind = false;
  /// Of a directive: its first word, and what stands behind that.
  std::string_view word = {};
  Span behind = {};
};

class TemplateParser {
 public:
  TemplateParser(const SourceMap& sources, SourceId source, Diagnostics& diagnostics)
      : sources_(sources), source_(source), text_(sources.text(source)), diagnostics_(diagnostics) {}

  std::optional<TemplateParts> whole() {
    auto made = parts(0);
    if (ending_) fail(*ending_, fmt::format("`{}` ends nothing here", ending_->word));
    if (failed_) return std::nullopt;
    return made;
  }

 private:
  void fail(const Mark& mark, std::string message) {
    if (!failed_) diagnostics_.error(Code::syntax, mark.whole, std::move(message));
    failed_ = true;
  }

  /// Up to the end, or to an `else`, `endif` or `endfor`, which is left in `ending_`.
  TemplateParts parts(std::size_t depth) {
    TemplateParts made;
    ending_.reset();
    while (!failed_ && at_ < text_.size()) {
      literal(made);
      if (at_ >= text_.size()) break;
      const auto mark = next_mark();
      if (!mark) break;
      if (mark->trims_before) trim_end(made);
      at_ = mark->whole.end;
      if (mark->trims_behind) skip_space();
      if (mark->sign == '$') {
        if (auto value = expression(mark->inside)) made.push_back({*std::move(value)});
        continue;
      }
      const auto word = mark->word;
      if (word == "else" || word == "endif" || word == "endfor") {
        if (!is_blank(mark->behind)) fail(*mark, fmt::format("`{}` takes nothing behind it", word));
        ending_ = *mark;
        return made;
      }
      if (depth == deepest) fail(*mark, "this is nested too deeply");
      if (word == "if") {
        condition(*mark, made, depth);
      } else if (word == "for") {
        loop(*mark, made, depth);
      } else {
        fail(*mark, word.empty() ? "expected `if`, `else`, `endif`, `for` or `endfor`"
                                 : fmt::format("`{}` is no directive: `if`, `else`, `endif`, `for`, `endfor`", word));
      }
    }
    return made;
  }

  void literal(TemplateParts& made) {
    std::string text;
    while (at_ < text_.size()) {
      const char sign = text_[at_];
      const bool marks = sign == '$' || sign == '%';
      if (marks && text_.substr(at_ + 1, 2) == std::string{sign, '{'}) {  // `$${` stands for itself
        text += text_.substr(at_ + 1, 2);
        at_ += 3;
      } else if (marks && text_.substr(at_ + 1, 1) == "{") {
        break;
      } else {
        text += sign;
        ++at_;
      }
    }
    if (!text.empty()) made.push_back({std::move(text)});
  }

  std::optional<Mark> next_mark() {
    Mark mark;
    mark.sign = text_[at_];
    auto begin = at_ + 2;
    auto end = closing_brace(begin);
    const bool is_closed = end != text_.npos;
    mark.whole = span(at_, is_closed ? end + 1 : begin);
    if (!is_closed) {
      fail(mark, fmt::format("this `{}{{` is never closed", mark.sign));
      return std::nullopt;
    }
    if (begin < end && text_[begin] == '~') mark.trims_before = true, ++begin;
    if (begin < end && text_[end - 1] == '~') mark.trims_behind = true, --end;
    mark.inside = span(begin, end);
    if (mark.sign == '%') {
      while (begin < end && is_space(text_[begin])) ++begin;
      auto behind = begin;
      while (behind < end && text_[behind] >= 'a' && text_[behind] <= 'z') ++behind;
      mark.word = text_.substr(begin, behind - begin);
      mark.behind = span(behind, end);
    }
    return mark;
  }

  Span span(std::size_t begin, std::size_t end) const {
    return {source_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  bool is_blank(Span part) const {
    const auto text = text_.substr(part.begin, part.end - part.begin);
    return std::all_of(text.begin(), text.end(), is_space);
  }

  /// Braces and texts inside of it are passed over.
  std::size_t closing_brace(std::size_t at) const {
    std::size_t depth = 0;
    bool in_text = false;
    std::vector<std::size_t> texts;  // depths at which a text goes on behind its `${…}`
    for (; at < text_.size(); ++at) {
      const char letter = text_[at];
      if (in_text) {
        if (letter == '\\') ++at;
        if (letter == '"') in_text = false;
        if (letter == '$' && text_.substr(at + 1, 1) == "{") texts.push_back(depth), in_text = false;
      } else if (letter == '"') {
        in_text = true;
      } else if (letter == '{') {
        ++depth;
      } else if (letter == '}') {
        if (depth == 0) return at;
        --depth;
        if (!texts.empty() && texts.back() == depth) texts.pop_back(), in_text = true;
      }
    }
    return text_.npos;
  }

  static void trim_end(TemplateParts& made) {
    if (made.empty()) return;
    auto* text = std::get_if<std::string>(&made.back().part);
    if (text == nullptr) return;
    while (!text->empty() && is_space(text->back())) text->pop_back();
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::optional<ast::Expression> expression(Span part) {
    auto parsed = parse_expression(sources_, part, diagnostics_);
    failed_ = failed_ || !parsed;
    return parsed;
  }

  void condition(const Mark& mark, TemplateParts& made, std::size_t depth) {
    auto parsed = expression(mark.behind);
    if (!parsed) return;
    TemplateIf made_if{*std::move(parsed), parts(depth + 1), {}};
    if (ending_ && ending_->word == "else") made_if.otherwise = parts(depth + 1);
    close(mark, "endif");
    made.push_back({std::move(made_if)});
  }

  void loop(const Mark& mark, TemplateParts& made, std::size_t depth) {
    const auto word = mark.behind.begin - static_cast<std::uint32_t>(mark.word.size());
    auto parsed = parse_clause(sources_, {source_, word, mark.behind.end}, diagnostics_);
    failed_ = failed_ || !parsed;
    if (!parsed) return;
    TemplateFor made_for{*std::move(parsed), parts(depth + 1)};
    close(mark, "endfor");
    made.push_back({std::move(made_for)});
  }

  void close(const Mark& opened, std::string_view word) {
    if (!ending_ || ending_->word != word) fail(opened, fmt::format("this is never ended by `%{{ {} }}`", word));
    ending_.reset();
  }

  const SourceMap& sources_;
  SourceId source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::optional<Mark> ending_;
  bool failed_ = false;
};

}  // namespace

std::optional<TemplateParts> parse_template(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return TemplateParser(sources, source, diagnostics).whole();
}

}  // namespace nmx
