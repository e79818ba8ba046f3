#include <nlohmann/json.hpp>

#include "lang/diagnostics/render.hpp"

namespace nmx {
namespace {

nlohmann::json place(const SourceMap& sources, Span span) {
  if (span == Span{}) return {{"file", nullptr}};
  const auto begin = sources.position(span.source, span.begin);
  const auto end = sources.position(span.source, span.end);
  return {{"file", sources.name(span.source)},
          {"line", begin.line},
          {"column", begin.column},
          {"end_line", end.line},
          {"end_column", end.column}};
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources) {
  auto list = nlohmann::json::array();
  for (const auto& one : diagnostics.sorted()) {
    auto entry = place(sources, one.span);
    entry["severity"] = one.severity == Severity::error ? "error" : "warning";
    entry["code"] = to_string(one.code);
    entry["message"] = one.message;
    entry["labels"] = nlohmann::json::array();
    for (const auto& label : one.labels) {
      auto described = place(sources, label.span);
      described["message"] = label.message;
      entry["labels"].push_back(std::move(described));
    }
    entry["notes"] = one.notes;
    entry["help"] = one.help;
    list.push_back(std::move(entry));
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace nmx
