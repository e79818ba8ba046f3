#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/change.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"

namespace nmx {

/// What an object will be in state, noted with each intent, so that a result that only recovery learns can be recorded.
struct Becoming {
  /// It goes: nothing of it stays in state.
  bool goes = false;
  /// It is made anew: what state knew of it before counts no longer.
  bool fresh = false;
  /// As planned, holes filled; attributes are the wanted ones.
  StateObject object;
  /// Handed out to it: space and value.
  std::vector<std::pair<std::string, std::string>> allocations;
};

/// An operation that is about to be sent.
struct Intent {
  Operation operation;
  Becoming becoming;
};
/// It is done; what its object now is, nothing when it is gone.
struct OperationResult {
  std::size_t operation = 0;
  Address address;
  std::optional<StateObject> object;
};
/// It did not take effect; nothing about its object changed.
struct OperationFailure {
  std::size_t operation = 0;
};
/// What a plan changes in state without an operation.
struct Folded {
  std::map<Address, StateObject> refreshed;
  std::vector<Address> forgotten;
};

/// Everything a journal tells that state does not.
struct JournalContent {
  /// The serial of the state that the run began with; empty: there is no journal.
  std::optional<std::uint64_t> serial;
  std::vector<Folded> folded;
  std::vector<OperationResult> results;
  /// Intents without result or failure, in order.
  std::vector<Intent> open;
  /// Allocations that were handed out to objects whose operations began: space, value, owner.
  struct Allocated {
    std::string space, value, owner;
  };
  std::vector<Allocated> allocated;
  /// Bytes of an unfinished record at the end, as a crash leaves them.
  std::size_t torn = 0;
};

/// Makes the records of one journal: a line each, with a checksum of its own and one over all before it.
class JournalWriter {
 public:
  /// `run`: tells this run's journal from any other's.
  JournalWriter(const Seal& seal, std::string lineage, std::uint64_t serial, std::string run = {});
  /// The first record.
  std::string begin();
  std::string intent(const Intent& intent);
  std::string result(const OperationResult& result);
  std::string failure(const OperationFailure& failure);
  std::string folded(const Folded& folded);

 private:
  std::string record(std::string payload);
  Seal seal_;
  std::string lineage_;
  std::uint64_t serial_;
  std::string run_;
  std::uint64_t sequence_ = 0;
  std::string chain_;
};

/// Reads a journal. Errors: damage (a changed, missing, doubled or moved record), another lineage. A torn end is none.
Result<JournalContent> read_journal(std::string_view text, const Seal& seal, std::string_view lineage);

}  // namespace nmx
