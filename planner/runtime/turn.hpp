#pragma once

#include <utility>
#include <vector>

#include "planner/runtime/task.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// One at a time; also when who had its turn, or waited for it, was dropped.
///
///     while (turn_.taken()) { auto waiting = turn_.free(); co_await waiting; }
///     const Turn::Held held(turn_);
class Turn {
 public:
  struct Held {
    explicit Held(Turn& turn) : turn_(turn) { turn_.taken_ = true; }
    ~Held() {
      turn_.taken_ = false;
      for (const auto& waiter : std::exchange(turn_.waiting_, {})) waiter.wake();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    Turn& turn_;
  };
  bool taken() const { return taken_; }
  /// Nobody has it, or nobody had it a moment ago.
  Task<Done> free() {
    if (!taken_) co_return Done{};
    Suspend waiting{[this](Waiter waiter) { waiting_.push_back(std::move(waiter)); }};
    co_await waiting;
    co_return Done{};
  }

 private:
  bool taken_ = false;
  std::vector<Waiter> waiting_;
};

}  // namespace nmx
