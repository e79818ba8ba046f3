#include "lang/config/template_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

constexpr std::size_t deepest = 50;

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// `${…}` or `%{…}` with its `~` taken off.
struct Mark {
  char sign = '$';
  std::size_t begin = 0;  // of the whole mark
  std::size_t end = 0;
  std::size_t inner = 0;  // where the text inside begins
  std::string_view text;
  bool trims_before = false;
  bool trims_behind = false;

  Span span(SourceId source) const {
    return {source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  std::string_view word() const {
    const auto shown = trimmed(text);
    return shown.substr(0, shown.find_first_of(" \t\n\r"));
  }
  std::size_t behind_word() const {
    const auto first = word();
    return static_cast<std::size_t>(first.data() + first.size() - text.data());
  }
};

class TemplateParser {
 public:
  TemplateParser(SourceMap& sources, SourceId source, Diagnostics& diagnostics)
      : sources_(sources), source_(source), text_(sources.text(source)), diagnostics_(diagnostics) {}

  std::optional<TemplateParts> whole() {
    auto made = parts(0);
    if (ending_) fail(*ending_, fmt::format("`{}` ends nothing here", ending_->word()));
    if (failed_) return std::nullopt;
    return made;
  }

 private:
  void fail(const Mark& mark, std::string message) {
    if (!failed_) diagnostics_.error(Code::syntax, mark.span(source_), std::move(message));
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
      at_ = mark->end;
      if (mark->trims_behind) skip_space();
      if (mark->sign == '$') {
        if (auto value = expression(mark->inner, mark->text, *mark)) made.push_back({*std::move(value)});
        continue;
      }
      const auto word = mark->word();
      if (word == "else" || word == "endif" || word == "endfor") {
        ending_ = *mark;
        return made;
      }
      if (depth == deepest) fail(*mark, "this is nested too deeply");
      if (word == "if") {
        condition(*mark, made, depth);
      } else if (word == "for") {
        loop(*mark, made, depth);
      } else {
        fail(*mark, fmt::format("`{}` is no directive: `if`, `else`, `endif`, `for`, `endfor`", word));
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
    mark.begin = at_;
    mark.inner = at_ + 2;
    const auto close = closing_brace(mark.inner);
    mark.end = std::min(text_.size(), close == text_.npos ? mark.inner : close + 1);
    if (close == text_.npos) {
      fail(mark, fmt::format("this `{}{{` is never closed", mark.sign));
      return std::nullopt;
    }
    mark.text = text_.substr(mark.inner, close - mark.inner);
    if (mark.text.starts_with('~')) mark.trims_before = true, mark.text.remove_prefix(1), ++mark.inner;
    if (mark.text.ends_with('~')) mark.trims_behind = true, mark.text.remove_suffix(1);
    return mark;
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

  /// Parsed from a text of its own that has the same lines and columns.
  std::optional<ast::Expression> expression(std::size_t begin, std::string_view text, const Mark& mark) {
    const auto before_it = text_.substr(0, begin);
    const auto line = before_it.rfind('\n') + 1;
    std::string padded(static_cast<std::size_t>(std::count(before_it.begin(), before_it.end(), '\n')), '\n');
    padded.append(begin - line, ' ').append(text);
    const auto id = sources_.add(std::string(sources_.name(source_)), std::move(padded));
    const auto before = diagnostics_.error_count();
    auto parsed = parse_expression(sources_, id, diagnostics_);
    if (!parsed || diagnostics_.error_count() != before) {
      if (diagnostics_.error_count() == before) fail(mark, "expected an expression");
      failed_ = true;
      return std::nullopt;
    }
    return parsed;
  }

  void condition(const Mark& mark, TemplateParts& made, std::size_t depth) {
    const auto skip = mark.behind_word();
    auto parsed = expression(mark.inner + skip, mark.text.substr(skip), mark);
    if (!parsed) return;
    TemplateIf made_if{*std::move(parsed), parts(depth + 1), {}};
    if (ending_ && ending_->word() == "else") made_if.otherwise = parts(depth + 1);
    close(mark, "endif");
    made.push_back({std::move(made_if)});
  }

  void loop(const Mark& mark, TemplateParts& made, std::size_t depth) {
    const auto in = mark.text.find(" in ");
    if (in == mark.text.npos) return fail(mark, "expected `for NAME in …`");
    std::vector<ast::Identifier> variables;
    const auto head = mark.behind_word();
    for (auto rest = mark.text.substr(head, in - head); !rest.empty();) {
      const auto name = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      variables.push_back({std::string(trimmed(name)), mark.span(source_)});
    }
    if (variables.empty() || variables.size() > 2) return fail(mark, "`for` has one variable or two");
    auto parsed = expression(mark.inner + in + 4, mark.text.substr(in + 4), mark);
    if (!parsed) return;
    TemplateFor made_for{std::move(variables), *std::move(parsed), parts(depth + 1)};
    close(mark, "endfor");
    made.push_back({std::move(made_for)});
  }

  void close(const Mark& opened, std::string_view word) {
    if (!ending_ || ending_->word() != word) fail(opened, fmt::format("this is never ended by `%{{ {} }}`", word));
    ending_.reset();
  }

  SourceMap& sources_;
  SourceId source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::optional<Mark> ending_;
  bool failed_ = false;
};

}  // namespace

std::optional<TemplateParts> parse_template(SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return TemplateParser(sources, source, diagnostics).whole();
}

}  // namespace nmx
