#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "planner/provider.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// Gathers operations that come at the same time, so that one request carries them all.
class Batch {
 public:
  /// One operation under way.
  struct Job {
    Operation operation;
    Waiter waiter = {};
    std::optional<Result<Answer>> result = {};
    /// For who carries it out: how often it was tried.
    int tries = 0;

    void end(Result<Answer> what) {
      result = std::move(what);
      waiter.wake();
    }
  };
  using Jobs = std::vector<std::shared_ptr<Job>>;  // shared with who waits, and may have given up
  /// Brings every job to its end.
  using CarryOut = std::function<Task<Done>(Jobs)>;

  Batch(Env& env, CarryOut carry_out) : env_(env), carry_out_(std::move(carry_out)) {}
  Task<Result<Answer>> execute(Operation operation);

 private:
  Task<Done> work();

  Env& env_;
  CarryOut carry_out_;
  Jobs waiting_;
  bool working_ = false;
  Task<Done> task_;
};

}  // namespace nmx
