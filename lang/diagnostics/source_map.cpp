#include "lang/diagnostics/source_map.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nmx {

SourceId SourceMap::add(std::string name, std::string text) {
  sources_.push_back({std::move(name), std::move(text), {}});
  return static_cast<SourceId>(sources_.size() - 1);
}

std::string_view SourceMap::name(SourceId id) const { return sources_[static_cast<std::size_t>(id)].name; }

std::string_view SourceMap::text(SourceId id) const { return sources_[static_cast<std::size_t>(id)].text; }

std::string_view SourceMap::text(Span span) const {
  const auto whole = text(span.source);
  const auto begin = std::min<std::size_t>(span.begin, whole.size());
  return whole.substr(begin, std::max(span.begin, span.end) - span.begin);
}

const std::vector<std::uint32_t>& SourceMap::line_starts(SourceId id) const {
  const auto& source = sources_[static_cast<std::size_t>(id)];
  if (source.line_starts.empty()) {
    source.line_starts.push_back(0);
    for (std::size_t at = source.text.find('\n'); at != std::string::npos; at = source.text.find('\n', at + 1)) {
      source.line_starts.push_back(static_cast<std::uint32_t>(at + 1));
    }
  }
  return source.line_starts;
}

Position SourceMap::position(SourceId id, std::uint32_t byte) const {
  const auto whole = text(id);
  byte = std::min(byte, static_cast<std::uint32_t>(whole.size()));
  const auto& starts = line_starts(id);
  const auto after = std::upper_bound(starts.begin(), starts.end(), byte);
  const auto line = static_cast<std::uint32_t>(after - starts.begin());
  const auto before = whole.substr(starts[line - 1], byte - starts[line - 1]);
  const auto characters = std::count_if(before.begin(), before.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {line, static_cast<std::uint32_t>(characters) + 1};
}

std::string_view SourceMap::line(SourceId id, std::uint32_t number) const {
  const auto& starts = line_starts(id);
  if (number == 0 || number > starts.size()) return {};
  auto rest = text(id).substr(starts[number - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

std::string SourceMap::place(Span span) const {
  return fmt::format("{}:{}", name(span.source), position(span.source, span.begin).line);
}

}  // namespace nmx
