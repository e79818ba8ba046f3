#pragma once

#include <vector>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/source_map.hpp"
#include "lang/syntax/token.hpp"

namespace nmx::syntax {

/// The words of a part of a text; ends with Token::end. `comments` are apart, for the formatter.
struct Lexed {
  std::vector<Lexeme> tokens;
  std::vector<Span> comments;
};

/// All of a text.
Span whole(const SourceMap& sources, SourceId source);
Lexed lex(const SourceMap& sources, Span part, Diagnostics& diagnostics);

}  // namespace nmx::syntax
