#pragma once

#include <optional>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/source_map.hpp"
#include "lang/syntax/ast.hpp"

namespace nmx {

/// Parses one text. After a mistake it goes on at the next block or attribute that begins a line, so that one run
/// reports every mistake; what could be read is returned. Depth of expressions and of blocks is bounded (200).
ast::File parse(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

/// One expression that fills the whole text (`nmx console`, `-var`).
std::optional<ast::Expression> parse_expression(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);
/// One expression that fills a part of a text (a mark of a template).
std::optional<ast::Expression> parse_expression(const SourceMap& sources, Span part, Diagnostics& diagnostics);
/// `for name in list` or `for key, value in map` that fills a part of a text.
std::optional<ast::Comprehension::Clause> parse_clause(const SourceMap& sources, Span part, Diagnostics& diagnostics);

}  // namespace nmx
