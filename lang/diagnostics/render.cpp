#include "lang/diagnostics/render.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/diagnostics/visible.hpp"

namespace nmx {
namespace {

constexpr std::size_t widest = 120;  // columns of a source line that are shown

struct Palette {
  const char* error = "";
  const char* warning = "";
  const char* quiet = "";
  const char* strong = "";
  const char* plain = "";
};

Palette palette(Colour colour) {
  if (colour == Colour::off) return {};
  return {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"};
}

/// One line of source and what is underlined in it, in columns of what is shown.
struct Excerpt {
  std::string text;
  std::size_t begin = 0;
  std::size_t length = 1;
};

Excerpt excerpt(const SourceMap& sources, Span span, std::uint32_t line_number) {
  const auto line = sources.line(span.source, line_number);
  const auto line_start = static_cast<std::uint32_t>(line.data() - sources.text(span.source).data());
  const auto from = std::min<std::size_t>(span.begin > line_start ? span.begin - line_start : 0, line.size());
  const auto to = std::clamp<std::size_t>(span.end > line_start ? span.end - line_start : 0, from, line.size());
  const auto before = visible(line.substr(0, from));
  const auto marked = visible(line.substr(from, to - from));
  const auto after = visible(line.substr(to));
  Excerpt result{before + marked + after, width(before), std::max<std::size_t>(width(marked), 1)};
  if (width(result.text) <= widest) return result;
  // A long line is cut around what matters.
  const auto keep_before = std::min<std::size_t>(result.begin, widest / 3);
  const auto cut = result.begin - keep_before;
  auto shown = drop_columns(result.text, cut);
  result.begin = keep_before;
  if (cut > 0) shown = "…" + shown, result.begin += 1;
  if (width(shown) > widest) shown = take_columns(shown, widest) + "…";
  result.length = std::min(result.length, width(shown) - std::min(width(shown), result.begin));
  result.text = std::move(shown);
  return result;
}

struct Mark {
  Span span;
  std::string text;
  bool primary;
};

class Page {
 public:
  Page(const SourceMap& sources, Palette colours) : sources_(sources), colours_(colours) {}

  void add(const Diagnostic& diagnostic) {
    const auto* heading = diagnostic.severity == Severity::error ? colours_.error : colours_.warning;
    text_ += fmt::format("{}{}[{}]{}{}: {}{}\n", heading, diagnostic.severity == Severity::error ? "error" : "warning",
                         to_string(diagnostic.code), colours_.plain, colours_.strong, visible(diagnostic.message),
                         colours_.plain);
    std::vector<Mark> marks;
    // What stands nowhere in the files (an object of the state alone) has nothing to show.
    if (diagnostic.span != Span{}) marks.push_back({diagnostic.span, "", true});
    for (const auto& label : diagnostic.labels) {
      if (!marks.empty() && marks.front().primary && marks.front().text.empty() && label.span == diagnostic.span) {
        marks.front().text = label.message;
      } else {
        marks.push_back({label.span, label.message, false});
      }
    }
    std::size_t digits = 1;
    for (const auto& mark : marks) digits = std::max(digits, std::to_string(line_of(mark.span)).size());
    gutter_ = std::string(digits, ' ');
    // In the order of the marks: a cycle reads as it goes round.
    for (std::size_t i = 0; i < marks.size();) {
      auto end = i + 1;
      while (end < marks.size() && marks[end].span.source == marks[i].span.source) ++end;
      section({marks.begin() + static_cast<std::ptrdiff_t>(i), marks.begin() + static_cast<std::ptrdiff_t>(end)});
      i = end;
    }
    for (const auto& note : diagnostic.notes) aside("note", note);
    if (!diagnostic.help.empty()) aside("help", diagnostic.help);
  }

  std::string take() { return std::move(text_); }

 private:
  std::uint32_t line_of(Span span) const { return sources_.position(span.source, span.begin).line; }

  void section(const std::vector<Mark>& marks) {
    const auto at = sources_.position(marks.front().span.source, marks.front().span.begin);
    text_ += fmt::format("{}{}-->{} {}:{}:{}\n", gutter_, colours_.quiet, colours_.plain,
                         visible(sources_.name(marks.front().span.source)), at.line, at.column);
    text_ += fmt::format("{} {}|{}\n", gutter_, colours_.quiet, colours_.plain);
    std::uint32_t shown = 0;
    for (const auto& mark : marks) {
      const auto line = line_of(mark.span);
      const auto part = excerpt(sources_, mark.span, line);
      if (line != shown) {
        if (shown != 0 && line != shown + 1)
          text_ += fmt::format("{}{}...{}\n", gutter_, colours_.quiet, colours_.plain);
        text_ += fmt::format("{}{:>{}} |{} {}\n", colours_.quiet, line, gutter_.size(), colours_.plain, part.text);
      }
      shown = line;
      const auto* colour = mark.primary ? colours_.error : colours_.quiet;
      text_ += fmt::format("{} {}|{} {}{}{}{}{}{}\n", gutter_, colours_.quiet, colours_.plain,
                           std::string(part.begin, ' '), colour, std::string(part.length, mark.primary ? '^' : '-'),
                           mark.text.empty() ? "" : " ", visible(mark.text), colours_.plain);
    }
  }

  void aside(const char* word, const std::string& said) {
    text_ += fmt::format("{} {}={} {}{}{}: ", gutter_, colours_.quiet, colours_.plain, colours_.strong, word,
                         colours_.plain);
    const std::string indent(gutter_.size() + 9, ' ');
    std::string_view rest = said;
    for (bool first = true; first || !rest.empty(); first = false) {
      const auto line = rest.substr(0, rest.find('\n'));
      text_ += (first ? std::string() : indent) + visible(line) + "\n";
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }

  const SourceMap& sources_;
  Palette colours_;
  std::string gutter_;
  std::string text_;
};

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceMap& sources, Colour colour) {
  Page page(sources, palette(colour));
  page.add(diagnostic);
  return page.take();
}

std::string render(const Diagnostics& diagnostics, const SourceMap& sources, Colour colour) {
  std::string text;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const auto& diagnostic : diagnostics.sorted()) {
    text += render(diagnostic, sources, colour) + "\n";
    ++(diagnostic.severity == Severity::error ? errors : warnings);
  }
  const auto counted = [](std::size_t count, const char* word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
  };
  if (errors > 0) text += counted(errors, "error");
  if (errors > 0 && warnings > 0) text += ", ";
  if (warnings > 0) text += counted(warnings, "warning");
  return text.empty() ? text : text + "\n";
}

}  // namespace nmx
