#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lang/config/interface.hpp"

namespace nmx {

/// What a change of an attribute does to the real object.
enum class OnChange { live, restart, replace, forbidden };

/// What the planner must know of an attribute beyond its type.
struct AttributeRule {
  OnChange on_change = OnChange::live;
  /// Never read back by the server (a password, a template): compared with what was last applied, never with what is
  /// real. Where state does not know it either (an import), it is not tracked.
  bool write_only = false;
  /// Chosen by nmx while planning (`ResourceType::decide`): an id, an address, a MAC.
  bool decided = false;
  /// For a list of objects: the field that tells elements apart, so that order does not matter and a change is shown by
  /// element.
  std::string identity = {};
  /// Who decides a computed value that is not known before apply: `Proxmox`.
  std::string decider = {};
  /// Fields inside that are not written are meant to be absent; else they are not managed.
  bool whole = false;
  /// Follows from the other attributes: its change is worth a row only where nothing else changes.
  bool derived = false;
};

/// A resource type: its attributes and how they behave.
struct Schema {
  Interface interface;
  std::map<std::string, AttributeRule, std::less<>> rules;
  std::uint32_t version = 1;
  /// Deleting or replacing the object loses what nmx cannot make again.
  bool holds_data = false;
  /// Nothing real stands behind it: it is what the state remembers.
  bool in_state_alone = false;
  /// The attributes that name the real object; two resources with equal ones are an error. Empty: none.
  std::vector<std::string> natural_key = {};

  const AttributeRule& rule(std::string_view attribute) const;
};

}  // namespace nmx
