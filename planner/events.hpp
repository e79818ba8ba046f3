#pragma once

#include <string_view>

#include "planner/change.hpp"
#include "planner/runtime/env.hpp"

namespace nmx {

/// Who watches an apply: the progress display, tests. It is told between two steps of the loop and must not block.
class ApplyObserver {
 public:
  virtual ~ApplyObserver() = default;
  /// The operation is being sent.
  virtual void started(const Operation& operation) = 0;
  /// What it is doing besides: `asking what became of it`.
  virtual void progress(const Operation& operation, std::string_view what) = 0;
  /// It is done, and on disk that it is.
  virtual void finished(const Operation& operation, Milliseconds took) = 0;
  virtual void failed(const Operation& operation, const Error& error, Milliseconds took) = 0;
  /// A sentence for the user: what was found after an interrupted run, whose lock was taken over.
  virtual void notice(std::string_view text) = 0;
};

}  // namespace nmx
