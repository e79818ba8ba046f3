#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lang/value/operators.hpp"
#include "planner/apply.hpp"
#include "planner/outcome.hpp"

namespace nmx {

/// What a running apply knows: the state as it grows, and every answer so far. Answers fill the holes of operations
/// that come later.
class Ledger {
 public:
  Ledger(const Plan& plan, State state);

  /// What the plan changes without an operation.
  void fold();
  /// The operation with its holes filled and what its object will become. Errors: an attribute it needs is not known.
  Result<Intent> intent(const Operation& operation, std::uint32_t schema_version) const;
  /// What is known of each object's attributes by now; lives as long as the ledger.
  HoleSource answers() const;
  /// The operation is being sent: what was handed out to its object stays handed out, whatever comes.
  void begin(const Operation& operation);
  /// Takes in an answer that came after `took`; `fate` is done or half. Gives the record for the journal.
  OperationResult record(const Intent& intent, const Answer& answer, Fate fate, Milliseconds took);
  /// The state at the end: allocations of what was begun, outputs that are known, one serial higher.
  State finish() &&;

 private:
  struct Known {
    Answer answers;
    /// Operations that are not done.
    std::size_t left = 0;
    bool begun = false;
    /// How long the operations that interrupt it took so far.
    Milliseconds down{0};
    const PlanEntry* entry = nullptr;
    std::vector<std::pair<std::string, std::string>> allocations;
  };
  const Value* look_up(const std::string& address, const std::string& attribute) const;
  Outcome filled(const Value& value) const;

  const Plan& plan_;
  State state_;
  std::map<std::string, Known, std::less<>> objects_;
};

}  // namespace nmx
