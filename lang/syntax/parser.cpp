#include "lang/syntax/parser.hpp"

#include "lang/syntax/reader.hpp"

namespace nmx {

ast::File parse(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return {source, syntax::Reader(sources, source, diagnostics).file()};
}

std::optional<ast::Expression> parse_expression(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  const auto before = diagnostics.error_count();
  syntax::Reader reader(sources, source, diagnostics);
  try {
    auto expression = reader.lone_expression();
    if (diagnostics.error_count() == before) return expression;
  } catch (const syntax::Unreadable&) {
    // It was told.
  }
  return std::nullopt;
}

}  // namespace nmx
