#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "planner/runtime/env.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// Coroutines that go on at a time of day of their own. Equal times go on in the order they were added.
class Timers {
 public:
  void add(Milliseconds when, Waiter waiter) {
    heap_.push_back({when, next_++, std::move(waiter)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// When the next one is due.
  std::optional<Milliseconds> next() {
    while (!heap_.empty() && !heap_.front().waiter.alive()) pop();
    if (heap_.empty()) return std::nullopt;
    return heap_.front().when;
  }
  /// Moves everything due at `now` to the ready queue.
  void release(Milliseconds now) {
    while (!heap_.empty() && heap_.front().when <= now) {
      heap_.front().waiter.wake();
      pop();
    }
  }

 private:
  void pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
  struct Timer {
    Milliseconds when;
    std::uint64_t order;
    Waiter waiter;
  };
  static bool later(const Timer& a, const Timer& b) { return a.when != b.when ? a.when > b.when : a.order > b.order; }
  std::vector<Timer> heap_;
  std::uint64_t next_ = 0;
};

}  // namespace nmx
