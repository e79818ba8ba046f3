#pragma once

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <vector>

#include "planner/runtime/env.hpp"

namespace nmx {

/// Coroutines that go on at a time of day of their own. Equal times go on in the order they were added.
class Timers {
 public:
  void add(Milliseconds when, std::coroutine_handle<> handle) {
    heap_.push_back({when, next_++, handle});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// When the next one is due.
  std::optional<Milliseconds> next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().when;
  }
  /// Moves everything due at `now` to the ready queue.
  void release(Milliseconds now) {
    while (!heap_.empty() && heap_.front().when <= now) {
      ReadyQueue::current().push(heap_.front().handle);
      std::pop_heap(heap_.begin(), heap_.end(), later);
      heap_.pop_back();
    }
  }
  bool empty() const { return heap_.empty(); }

 private:
  struct Timer {
    Milliseconds when;
    std::uint64_t order;
    std::coroutine_handle<> handle;
  };
  static bool later(const Timer& a, const Timer& b) { return a.when != b.when ? a.when > b.when : a.order > b.order; }
  std::vector<Timer> heap_;
  std::uint64_t next_ = 0;
};

/// Suspends a coroutine and hands its handle to whoever will resume it. Give it a name before it is awaited.
template <typename Keep>
struct Suspend {
  Keep keep;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { keep(handle); }
  void await_resume() const noexcept {}
};
template <typename Keep>
Suspend(Keep) -> Suspend<Keep>;

}  // namespace nmx
