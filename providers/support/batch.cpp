#include "providers/support/batch.hpp"

#include <utility>

namespace nmx {
namespace {

/// Operations that are ready at the same time come within this.
constexpr Milliseconds gathering{3};

}  // namespace

Task<Result<Answer>> Batch::execute(Operation operation) {
  auto job = std::make_shared<Job>();  // shared with the batch, which outlives a caller that gives up
  job->operation = std::move(operation);
  waiting_.push_back(job);
  if (!working_) {
    working_ = true;
    task_ = work();
    task_.start();
  }
  Suspend until_done{[&](Waiter waiter) { job->waiter = std::move(waiter); }};
  co_await until_done;
  co_return std::move(*job->result);
}

Task<Done> Batch::work() {
  while (!waiting_.empty()) {
    auto pause = env_.sleep(gathering);
    co_await pause;
    auto carrying = carry_out_(std::exchange(waiting_, {}));
    co_await carrying;
  }
  working_ = false;
  co_return Done{};
}

}  // namespace nmx
