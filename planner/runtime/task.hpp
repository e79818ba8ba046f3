#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "planner/runtime/ready_queue.hpp"

namespace nmx {

/// A coroutine that gives a T. It starts when it is awaited; starting and finishing both go through the loop's ready
/// queue, never by symmetric transfer, which g++ 12 does not turn into a jump without optimisation. Its frame dies with
/// the Task, also before its end: what it waits for then passes it by (`Waiter`). Rules: parameters by value; an
/// awaiter that is made in an expression gets a name first; no capturing lambdas as coroutines.
template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::optional<T> result;
    std::coroutine_handle<> waiting;

    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Finished {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          if (done.promise().waiting) ReadyQueue::current().push(done.promise().waiting);
        }
        void await_resume() noexcept {}
      };
      return Finished{};
    }
    void return_value(T value) { result = std::move(value); }
    void unhandled_exception() { std::terminate(); }
  };

  Task() = default;
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() { destroy(); }

  bool await_ready() const noexcept { return frame_.done(); }
  void await_suspend(std::coroutine_handle<> waiting) {
    frame_.promise().waiting = waiting;
    ReadyQueue::current().push(frame_);
  }
  T await_resume() {
    assert(frame_.promise().result);
    return std::move(*frame_.promise().result);
  }

  /// For a loop that owns the task: start it without awaiting.
  void start() { ReadyQueue::current().push(frame_); }
  bool done() const { return frame_ && frame_.done(); }
  T take() { return std::move(*frame_.promise().result); }

 private:
  void destroy() {
    if (!frame_) return;
    if (!frame_.done()) ReadyQueue::forget(frame_);
    frame_.destroy();
  }
  std::coroutine_handle<promise_type> frame_;
};

}  // namespace nmx
