#include "lang/diagnostics/diagnostic.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>

namespace nmx {

std::string to_string(Code code) { return fmt::format("NMX{:04}", static_cast<unsigned>(code)); }

Diagnostic& Diagnostics::error(Code code, Span span, std::string message) {
  ++errors_;
  return all_.emplace_back(Diagnostic{Severity::error, code, span, std::move(message), {}, {}, {}});
}

Diagnostic& Diagnostics::warning(Code code, Span span, std::string message) {
  return all_.emplace_back(Diagnostic{Severity::warning, code, span, std::move(message), {}, {}, {}});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  const auto key = [](const Diagnostic& one) { return std::tie(one.span, one.severity, one.code, one.message); };
  std::vector<Diagnostic> result(all_.begin(), all_.end());
  std::stable_sort(result.begin(), result.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto last =
      std::unique(result.begin(), result.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); });
  result.erase(last, result.end());
  return result;
}

void Diagnostics::append(const Diagnostics& other) {
  all_.insert(all_.end(), other.all_.begin(), other.all_.end());
  errors_ += other.errors_;
}

}  // namespace nmx
