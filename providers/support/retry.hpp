#pragma once

#include "planner/runtime/env.hpp"

namespace nmx {

/// How long to wait before something is tried again: twice as long each time, up to a ceiling, and each wait anywhere
/// between half and the whole of that, so that many clients that failed together do not come back together.
class Backoff {
 public:
  Backoff(Milliseconds first, Milliseconds ceiling) : next_(first), ceiling_(ceiling) {}
  /// `random`: any 64 random bits.
  Milliseconds wait(std::uint64_t random);

 private:
  Milliseconds next_;
  Milliseconds ceiling_;
};

/// How long to wait before something is looked at again: the given times in turn, then the last for ever.
class Cadence {
 public:
  explicit Cadence(std::vector<Milliseconds> steps) : steps_(std::move(steps)) {}
  Milliseconds wait();

 private:
  std::vector<Milliseconds> steps_;
  std::size_t at_ = 0;
};

/// The moment after which nothing more is tried.
class Deadline {
 public:
  Deadline(Env& env, Milliseconds budget) : env_(&env), end_(env.now() + budget) {}
  bool passed() const { return env_->now() >= end_; }
  /// Whether there is time to wait that long and still do something.
  bool allows(Milliseconds wait) const { return env_->now() + wait < end_; }

 private:
  Env* env_;
  Milliseconds end_;
};

}  // namespace nmx
