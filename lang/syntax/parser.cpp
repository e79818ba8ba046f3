#include "lang/syntax/parser.hpp"

#include "lang/syntax/reader.hpp"

namespace nmx {
namespace {

/// What `read` makes of a part of a text; nothing: mistakes were told.
template <typename Read>
auto read_part(const SourceMap& sources, Span part, Diagnostics& diagnostics, Read read)
    -> std::optional<decltype(read(std::declval<syntax::Reader&>()))> {
  const auto before = diagnostics.error_count();
  syntax::Reader reader(sources, part, diagnostics);
  try {
    auto made = read(reader);
    if (diagnostics.error_count() == before) return made;
  } catch (const syntax::Unreadable&) {
    // It was told.
  }
  return std::nullopt;
}

}  // namespace

ast::File parse(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return {source, syntax::Reader(sources, syntax::whole(sources, source), diagnostics).file()};
}

std::optional<ast::Expression> parse_expression(const SourceMap& sources, SourceId source, Diagnostics& diagnostics) {
  return parse_expression(sources, syntax::whole(sources, source), diagnostics);
}

std::optional<ast::Expression> parse_expression(const SourceMap& sources, Span part, Diagnostics& diagnostics) {
  return read_part(sources, part, diagnostics, [](syntax::Reader& reader) { return reader.lone_expression(); });
}

std::optional<ast::Comprehension::Clause> parse_clause(const SourceMap& sources, Span part, Diagnostics& diagnostics) {
  return read_part(sources, part, diagnostics, [](syntax::Reader& reader) { return reader.lone_clause(); });
}

}  // namespace nmx
