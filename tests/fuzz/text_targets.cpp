#include "lang/diagnostics/render.hpp"
#include "lang/syntax/formatter.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/value/value_json.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/tree_text.hpp"

namespace nmx::fuzz {
void parse_text(std::string_view text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto source = sources.add("site.nmx", std::string(text));
  parse(sources, source, diagnostics);
  // Rendering takes time in proportion to what was told; a text that is all mistakes tells a great many.
  if (diagnostics.size() <= 50) {
    render(diagnostics, sources, Colour::on);
    render_json(diagnostics, sources);
  }
  Diagnostics of_expression;
  parse_expression(sources, source, of_expression);
}

void format_text(std::string_view text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto file = parse(sources, sources.add("before", std::string(text)), diagnostics);
  const auto once = format(text);
  promise(once.has_value() != diagnostics.has_errors(), "what parses is formatted, and nothing else", text);
  if (!once) return;
  const auto again = parse(sources, sources.add("after", *once), diagnostics);
  promise(!diagnostics.has_errors(), "what was formatted parses", text);
  promise(test::tree_text(file.body) == test::tree_text(again.body), "formatting keeps the tree", text);
  const auto twice = format(*once);
  promise(twice && *twice == *once, "formatting twice is formatting once", text);
}

void read_json(std::string_view text) {
  if (const auto value = from_json(text)) {
    const auto written = to_json(*value);
    promise(written.has_value(), "what was read can be written", text);
    const auto again = from_json(*written);
    promise(again && *again == *value, "plain JSON reads back", text);
  }
  if (const auto value = from_exact_json(text)) {
    const auto written = to_exact_json(*value);
    const auto again = from_exact_json(written);
    promise(again && to_exact_json(*again) == written, "exact JSON reads back", text);
  }
}

}  // namespace nmx::fuzz
