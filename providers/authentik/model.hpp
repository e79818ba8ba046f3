#pragma once

#include <memory>
#include <string>
#include <vector>

#include "planner/provider.hpp"
#include "providers/authentik/attribute.hpp"

namespace nmx::authentik {

/// One type of objects of Authentik, as data: what it is called, where it is, and how its attributes stand in the API.
/// What all of them have in common is done once, in object_type.cpp and object_work.cpp.
struct Model {
  /// `authentik_group`
  std::string type;
  /// `group`, for messages and the conflict key.
  std::string noun;
  /// `authentik_core.group`, as blueprints call it.
  std::string blueprint;
  std::string doc;
  /// `/core/groups/`
  std::string path;
  /// The attributes that name an object among its like; the first is shown.
  std::vector<std::string> key;
  /// The list's parameter that finds the first of `key`.
  std::string lookup;
  /// What such an object is when another names it.
  Names names = Names::nothing;
  std::vector<Attribute> attributes;
  /// It has `attributes`, and nmx leaves its mark there.
  bool marked = false;
  /// Checks beyond those that follow from the attributes; null pointer: none.
  void (*check)(const Checking&, Diagnostics&) = nullptr;

  const Attribute* find(std::string_view attribute) const;
  /// Whether the object's place is its slug and not its primary key.
  bool by_slug() const { return key.front() == "slug"; }
};

/// The key in `attributes` under which nmx leaves its mark.
inline constexpr std::string_view mark_key = "nmx";
inline constexpr std::string_view embedded_outpost = "authentik Embedded Outpost";
inline constexpr std::string_view embedded_mark = "goauthentik.io/outposts/embedded";

// The models, one a file.
Model application_model();
Model proxy_provider_model();
Model oauth2_provider_model();
Model ldap_provider_model();
Model group_model();
Model user_model();
Model policy_binding_model();
Model outpost_model();
Model expression_policy_model();
Model scope_mapping_model();
Model brand_model();
Model blueprint_model();

/// All of them.
const std::vector<Model>& models();
/// Null pointer: there is none of that type.
const Model* find_model(std::string_view type);

/// The flows that every provider names: `authorization_flow`, `authentication_flow`, `invalidation_flow`.
std::vector<Attribute> provider_flows(std::string authorization, std::string invalidation);

}  // namespace nmx::authentik
