#pragma once

#include <string>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/source_map.hpp"

namespace nmx {

enum class Colour { off, on };

/// One diagnostic as the terminal shows it: heading, place, the line with the span underlined, labels, notes, help.
/// What comes from files is made harmless: control characters are shown as escapes, long lines are cut around the span.
std::string render(const Diagnostic& diagnostic, const SourceMap& sources, Colour colour);
/// All of them, sorted, with a closing line that counts errors and warnings.
std::string render(const Diagnostics& diagnostics, const SourceMap& sources, Colour colour);
/// The same facts as JSON:
/// `[{"severity","code","message","file","line","column","end_line","end_column","labels","notes","help"}]`.
std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace nmx
