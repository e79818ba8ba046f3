#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "planner/runtime/env.hpp"
#include "planner/runtime/task.hpp"

namespace nmx {

namespace detail {

/// Wakes one coroutine, once.
struct Signal {
  std::coroutine_handle<> waiting;
  bool given = false;
  void give() {
    if (given) return;
    given = true;
    if (waiting) ReadyQueue::current().push(std::exchange(waiting, nullptr));
  }
  bool await_ready() const noexcept { return given; }
  void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
  void await_resume() noexcept {
    given = false;
    waiting = nullptr;
  }
};

template <typename T>
Task<Done> keep_result(Task<T>* work, std::optional<T>* result, Signal* over) {
  *result = co_await *work;
  over->give();
  co_return Done{};
}

inline Task<Done> give_after(Task<Done>* end, Signal* over) {
  co_await *end;
  over->give();
  co_return Done{};
}

}  // namespace detail

/// The task's result, or nothing when `end` comes first: the task is then dropped where it stands.
template <typename T>
Task<std::optional<T>> unless(Task<Done> end, Task<T> work) {
  std::optional<T> result;
  detail::Signal over;
  // Locals: parameters would live on until this task itself goes.
  auto own_work = std::move(work);
  auto own_end = std::move(end);
  auto working = detail::keep_result(&own_work, &result, &over);
  auto ending = detail::give_after(&own_end, &over);
  working.start();
  ending.start();
  co_await over;
  co_return result;
}

/// The task's result, or nothing when it takes longer than `limit`.
template <typename T>
Task<std::optional<T>> within(Env* env, Milliseconds limit, Task<T> work) {
  return unless(env->sleep(limit), std::move(work));
}

}  // namespace nmx
