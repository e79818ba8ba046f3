#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/config/address.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/diagnostics/span.hpp"
#include "lang/value/value.hpp"

namespace nmx {

enum class Action { none, create, update, replace, destroy, forget };

/// By rising danger; `-approve LEVEL` grants up to a level. `data_loss`: what is deleted, nmx cannot make again.
enum class ChangeClass { none, create, live, restart, replace, destroy, data_loss };

/// `data-loss`, `update` … as commands, plans and files spell them, and back.
std::string_view to_string(ChangeClass danger);
std::string_view to_string(Action action);
std::optional<ChangeClass> parse_change_class(std::string_view text);
std::optional<Action> parse_action(std::string_view text);

/// One attribute (or one element of a list with an identity) that becomes another.
struct AttributeChange {
  /// `memory`, `mounts[/srv].source`.
  std::string path;
  Value before;
  Value after;
  ChangeClass danger = ChangeClass::live;
  /// Where the new value is set.
  std::optional<Span> place;
  /// The wanted value did not change: someone changed the real one.
  bool undoes_drift = false;
  /// No server does this; the plan is refused.
  bool forbidden = false;
};

/// What becomes of one object.
struct Change {
  Address address;
  std::string type;
  std::string provider;
  Action action = Action::none;
  ChangeClass danger = ChangeClass::none;
  /// The real object in normal form, as read; empty where there is none.
  Object before;
  /// The wanted object in normal form, complete but for holes; empty where it goes.
  Object after;
  /// As last applied, from state; empty where state does not know it.
  Object applied;
  std::vector<AttributeChange> attributes;
  /// The object's id of the real system, as in state.
  std::string id;
  bool create_before_destroy = false;
  /// Why, beyond the attributes: "`node` cannot be changed in place", "requested by -replace".
  std::string reason;
  Timeouts timeouts;
};

/// A difference between what was last applied and what is real.
struct Drift {
  Address address;
  std::string type;
  /// The object is gone.
  bool gone = false;
  std::vector<AttributeChange> attributes;
};

/// One step towards a change, made while planning and executed as it is: apply never plans again.
struct Operation {
  /// Its index in the plan.
  std::size_t id = 0;
  Address address;
  std::string type;
  std::string provider;
  /// The provider's word: `create`, `configure`, `resize`, `restart`, `destroy` …
  std::string verb;
  /// What the verb needs; may hold holes for the results of earlier operations. Secret values carry their flag.
  Object arguments;
  /// Operations that must be done before.
  std::vector<std::size_t> after;
  ChangeClass danger = ChangeClass::live;
  /// Operations that share one of these never overlap: `guest:115`, `storage:local-lvm`.
  std::vector<std::string> conflicts;
  /// The key that nmx chose and the server enforces, so that nothing is made twice: a VMID, a name. Empty: the verb may
  /// be repeated freely.
  std::string key;
  /// The provider sends operations that share this together, so they do not wait for one of apply's places each. Empty:
  /// it is a request of its own.
  std::string batch = {};
  /// `create CT 115 on pve2`.
  std::string summary;
  std::int64_t timeout_ms = 600'000;
  /// Uses the `root@pam` login beside the token; the plan shows it.
  bool elevated = false;
  /// The last operation of its object: its answer is the object as it then is.
  bool completes = false;
};

}  // namespace nmx
