#pragma once

#include <algorithm>
#include <coroutine>
#include <deque>

namespace nmx {

/// Coroutines that can go on now. One loop runs at a time in a thread; `current` is its queue.
class ReadyQueue {
 public:
  ReadyQueue() : outer_(current_) { current_ = this; }
  ~ReadyQueue() { current_ = outer_; }
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;

  static ReadyQueue& current() { return *current_; }

  void push(std::coroutine_handle<> handle) { handles_.push_back(handle); }
  bool empty() const { return handles_.empty(); }
  /// Lets the next one go on; false where none is ready.
  bool step() {
    if (handles_.empty()) return false;
    const auto next = handles_.front();
    handles_.pop_front();
    next.resume();
    return true;
  }
  /// Runs everything that is ready, also what becomes ready meanwhile.
  void run() {
    while (step()) {
    }
  }
  /// A coroutine is destroyed before its end, and must not be resumed.
  static void forget(std::coroutine_handle<> handle) {
    if (current_ == nullptr) return;
    auto& handles = current_->handles_;
    handles.erase(std::remove(handles.begin(), handles.end(), handle), handles.end());
  }

 private:
  static inline thread_local ReadyQueue* current_ = nullptr;
  ReadyQueue* outer_;
  std::deque<std::coroutine_handle<>> handles_;
};

}  // namespace nmx
