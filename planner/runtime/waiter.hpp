#pragma once

#include <coroutine>
#include <memory>
#include <utility>

#include "planner/runtime/ready_queue.hpp"

namespace nmx {

/// Whoever will resume a coroutine keeps this instead of its handle: waking one that was destroyed meanwhile does
/// nothing.
class Waiter {
 public:
  Waiter() = default;
  explicit Waiter(std::coroutine_handle<> handle) : handle_(std::make_shared<std::coroutine_handle<>>(handle)) {}

  void wake() const {
    if (alive()) ReadyQueue::current().push(std::exchange(*handle_, nullptr));
  }
  bool alive() const { return handle_ && *handle_; }
  void forget() const {
    if (handle_) *handle_ = nullptr;
  }

 private:
  std::shared_ptr<std::coroutine_handle<>> handle_;  // shared by who waits and who wakes; empty once either is through
};

/// Suspends a coroutine and hands its Waiter to whoever will resume it. Give it a name before it is awaited.
template <typename Keep>
struct Suspend {
  Keep keep;
  Waiter waiter = {};
  ~Suspend() { waiter.forget(); }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter = Waiter(handle);
    keep(waiter);
  }
  void await_resume() const noexcept {}
};
template <typename Keep>
Suspend(Keep) -> Suspend<Keep>;

}  // namespace nmx
