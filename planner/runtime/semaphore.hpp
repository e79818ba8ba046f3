#pragma once

#include <coroutine>
#include <deque>
#include <utility>

#include "planner/runtime/waiter.hpp"

namespace nmx {

/// At most so many at once; the others wait in the order they came. Who waits, or has a place, may be dropped: the
/// place then goes to the next.
class Semaphore {
 public:
  explicit Semaphore(int places) : places_(places) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Given back with it, or by `release`.
  class Place {
   public:
    explicit Place(Semaphore* semaphore) : semaphore_(semaphore) {}
    Place(Place&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(semaphore_, other.semaphore_);
      return *this;
    }
    ~Place() { release(); }
    void release() {
      if (auto* semaphore = std::exchange(semaphore_, nullptr)) semaphore->pass_on();
    }

   private:
    Semaphore* semaphore_;
  };

  struct Waiting {
    Semaphore* semaphore;
    Waiter waiter = {};
    bool waited = false;
    ~Waiting() {
      // Dropped between being given a place and taking it.
      if (waited && !waiter.alive()) semaphore->pass_on();
      waiter.forget();
    }
    bool await_ready() {
      if (semaphore->places_ == 0) return false;
      --semaphore->places_;
      return true;
    }
    void await_suspend(std::coroutine_handle<> handle) {
      waiter = Waiter(handle);
      waited = true;
      semaphore->waiting_.push_back(waiter);
    }
    Place await_resume() noexcept {
      waited = false;
      return Place(semaphore);
    }
  };
  /// `auto acquiring = semaphore.acquire(); const auto place = co_await acquiring;`
  Waiting acquire() { return {this}; }

 private:
  void pass_on() {
    while (!waiting_.empty()) {
      const auto next = std::move(waiting_.front());
      waiting_.pop_front();
      if (!next.alive()) continue;
      next.wake();
      return;
    }
    ++places_;
  }

  int places_;
  std::deque<Waiter> waiting_;
};

}  // namespace nmx
