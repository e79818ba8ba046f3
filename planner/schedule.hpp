#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "planner/change.hpp"

namespace nmx {

/// Which operations may be sent now: their forerunners are done and nothing they conflict with is under way. Of several
/// the one with the lowest id, so that the same answers give the same order.
class Schedule {
 public:
  /// Ids are positions.
  explicit Schedule(const std::vector<Operation>& operations);

  /// Takes the next operation, which holds its conflicts until `done` or `fail`.
  std::optional<std::size_t> next();
  void done(std::size_t id);
  /// It will not be done: what needs it, directly or not, will never be given; those are returned, each with the
  /// operation that is missing.
  struct Hindered {
    std::size_t operation;
    std::size_t missing;
  };
  std::vector<Hindered> fail(std::size_t id);
  /// What was neither taken nor hindered.
  std::vector<std::size_t> rest() const;

 private:
  enum class Progress { waiting, taken, hindered };
  struct Node {
    std::size_t unmet = 0;
    std::vector<std::size_t> dependents;
    std::vector<std::size_t> conflicts;
    Progress progress = Progress::waiting;
  };
  struct Conflict {
    bool held = false;
    std::deque<std::size_t> parked;
  };
  void release(std::size_t id);
  void pass_on(const Node& node);
  void wake(Conflict& conflict);

  std::vector<Node> nodes_;
  std::vector<Conflict> conflicts_;
  std::set<std::size_t> ready_;
};

}  // namespace nmx
