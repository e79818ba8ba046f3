#pragma once

#include <coroutine>
#include <deque>

#include "planner/runtime/task.hpp"

namespace nmx {

/// At most so many at once; the others wait in the order they came.
class Semaphore {
 public:
  explicit Semaphore(int places) : places_(places) {}

  struct Waiting {
    Semaphore* semaphore;
    bool await_ready() {
      if (semaphore->places_ == 0) return false;
      --semaphore->places_;
      return true;
    }
    void await_suspend(std::coroutine_handle<> handle) { semaphore->waiting_.push_back(handle); }
    void await_resume() const noexcept {}
  };
  /// `auto place = semaphore.acquire(); co_await place; … semaphore.release();`
  Waiting acquire() { return {this}; }
  void release() {
    if (waiting_.empty()) {
      ++places_;
      return;
    }
    ReadyQueue::current().push(waiting_.front());
    waiting_.pop_front();
  }

 private:
  int places_;
  std::deque<std::coroutine_handle<>> waiting_;
};

}  // namespace nmx
