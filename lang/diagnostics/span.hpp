#pragma once

#include <compare>
#include <cstdint>

namespace nmx {

/// Index of a text in a SourceMap.
enum class SourceId : std::uint32_t {};

/// A range of bytes `[begin, end)` of one source text. Lines and columns are computed only when something is printed.
struct Span {
  SourceId source{};
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  auto operator<=>(const Span&) const = default;
};

/// The smallest span that holds both; they must be of one source.
constexpr Span join(Span a, Span b) {
  return {a.source, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace nmx
