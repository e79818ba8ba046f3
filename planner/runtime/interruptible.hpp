#pragma once

#include <optional>
#include <utility>

#include "planner/runtime/within.hpp"

namespace nmx {

inline Task<Done> until_interrupted(Env* env) {
  while (env->interrupts() == 0) {
    auto pause = env->sleep(Milliseconds{100});
    co_await pause;
  }
  co_return Done{};
}

/// The task's result, or nothing once the user asks to stop. For waiting on what goes on elsewhere by itself.
template <typename T>
Task<std::optional<T>> interruptible(Env* env, Task<T> work) {
  return unless(until_interrupted(env), std::move(work));
}

}  // namespace nmx
