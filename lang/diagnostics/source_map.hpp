#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/span.hpp"

namespace nmx {

/// A place as people read it; both count from 1, columns in characters (UTF-8 code points).
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Owns every source text of a run. Texts stay where they are, so views into them live as long as the map.
class SourceMap {
 public:
  /// `name` is what messages show: a path relative to where nmx was started, or `stdlib/kinds/site.nmx`.
  SourceId add(std::string name, std::string text);

  std::string_view name(SourceId id) const;
  std::string_view text(SourceId id) const;
  std::string_view text(Span span) const;
  Position position(SourceId id, std::uint32_t byte) const;
  /// The line without its line break; an empty view past the end.
  std::string_view line(SourceId id, std::uint32_t number) const;
  /// `site.nmx:21`, for plans and `why`.
  std::string place(Span span) const;
  std::size_t size() const { return sources_.size(); }

 private:
  struct Source {
    std::string name;
    std::string text;
    mutable std::vector<std::uint32_t> line_starts;  // filled when a position is first asked for
  };
  const std::vector<std::uint32_t>& line_starts(SourceId id) const;
  std::deque<Source> sources_;
};

}  // namespace nmx
