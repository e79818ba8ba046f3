#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"
#include "planner/runtime/http_client.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// A child process whose pipes and end the loop watches. Nothing secret may stand in its arguments, for anybody can
/// read these.
class Child {
 public:
  /// Errors: the program cannot be started. `waiting` goes on when the child is gone and its pipes are drained.
  static Result<std::unique_ptr<Child>> start(const ChildCommand& command, Waiter waiting);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// What to wait for now.
  void watch(std::vector<HttpClient::Watched>& watched) const;
  /// Moves bytes; true once it is over.
  bool advance();
  bool ended() const { return ended_; }
  const Waiter& waiting() const { return waiting_; }
  ChildResult take() { return std::move(result_); }

 private:
  Child() = default;
  void read_errors();
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  int pidfd_ = -1;
  bool ended_ = false;
  std::string to_write_;
  std::function<void(std::string_view)> on_errors_;
  ChildResult result_;
  Waiter waiting_;
};

}  // namespace nmx
