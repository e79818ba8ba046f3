#pragma once

#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/runtime/task.hpp"

namespace nmx {

namespace detail {

struct Countdown {
  std::size_t left = 0;
  std::coroutine_handle<> waiting;
};

template <typename T>
Task<Done> fill_slot(Task<T> task, std::optional<T>* slot, Countdown* countdown) {
  *slot = co_await task;
  if (--countdown->left == 0 && countdown->waiting) ReadyQueue::current().push(countdown->waiting);
  co_return Done{};
}

struct AllDone {
  Countdown* countdown;
  bool await_ready() const noexcept { return countdown->left == 0; }
  void await_suspend(std::coroutine_handle<> handle) { countdown->waiting = handle; }
  void await_resume() const noexcept {}
};

}  // namespace detail

/// Runs the tasks side by side and gives their results in the order of the tasks.
template <typename T>
Task<std::vector<T>> gather(std::vector<Task<T>> tasks) {
  detail::Countdown countdown{tasks.size(), {}};
  std::vector<std::optional<T>> slots(tasks.size());
  std::vector<Task<Done>> runners;
  runners.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    runners.push_back(detail::fill_slot(std::move(tasks[i]), &slots[i], &countdown));
    runners.back().start();
  }
  detail::AllDone all{&countdown};
  co_await all;
  std::vector<T> results;
  results.reserve(slots.size());
  for (auto& slot : slots) results.push_back(std::move(*slot));
  co_return results;
}

}  // namespace nmx
