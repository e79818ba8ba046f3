#pragma once

#include <optional>
#include <utility>

#include "planner/runtime/within.hpp"

namespace nmx {

namespace detail {

inline Task<Done> watch_for_interrupt(Env* env, Signal* over) {
  while (env->interrupts() == 0) {
    auto pause = env->sleep(Milliseconds{100});
    co_await pause;
  }
  over->give();
  co_return Done{};
}

}  // namespace detail

/// The task's result, or nothing once the user asks to stop: it is then dropped where it stands. For waiting on what
/// goes on elsewhere by itself.
template <typename T>
Task<std::optional<T>> interruptible(Env* env, Task<T> work) {
  std::optional<T> result;
  detail::Signal over;
  auto own = std::move(work);
  auto working = detail::keep_result(&own, &result, &over);
  auto watching = detail::watch_for_interrupt(env, &over);
  working.start();
  watching.start();
  co_await over;
  co_return result;
}

}  // namespace nmx
