#pragma once

#include <deque>
#include <string>
#include <vector>

#include "lang/diagnostics/codes.hpp"
#include "lang/diagnostics/span.hpp"

namespace nmx {

enum class Severity { error, warning };

/// A second place that matters: "first declared here", or a step of a cycle.
struct Label {
  Span span;
  std::string message;
};

/// One message to the author of a configuration. Built where the mistake is found; rendered in one place.
struct Diagnostic {
  Severity severity = Severity::error;
  Code code;
  Span span;
  std::string message;
  std::vector<Label> labels;
  std::vector<std::string> notes;
  std::string help;

  Diagnostic& label(Span at, std::string text) { return labels.push_back({at, std::move(text)}), *this; }
  Diagnostic& note(std::string text) { return notes.push_back(std::move(text)), *this; }
  Diagnostic& with_help(std::string text) { return help = std::move(text), *this; }
};

/// Collects what a run has to say to the author of a configuration. References returned stay valid.
class Diagnostics {
 public:
  Diagnostic& error(Code code, Span span, std::string message);
  Diagnostic& warning(Code code, Span span, std::string message);
  bool has_errors() const { return errors_ > 0; }
  std::size_t error_count() const { return errors_; }
  /// By source, place and code, without repetitions.
  std::vector<Diagnostic> sorted() const;
  bool empty() const { return all_.empty(); }
  /// As they were told, so that whoever knows more may add to the last ones.
  std::size_t size() const { return all_.size(); }
  Diagnostic& at(std::size_t index) { return all_[index]; }
  /// Takes over what another collected.
  void append(const Diagnostics& other);

 private:
  std::deque<Diagnostic> all_;
  std::size_t errors_ = 0;
};

}  // namespace nmx
