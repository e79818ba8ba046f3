#pragma once

#include <string>
#include <vector>

#include "planner/schema.hpp"
#include "providers/authentik/release.hpp"

namespace nmx::authentik {

/// What an attribute names. In nmx objects are named by what people call them (slug, name, user name), so that a plan
/// is known as a whole before anything exists; the API wants numbers and UUIDs. `target`: an application as that which
/// policies are bound to.
enum class Names { nothing, flow, certificate, mapping, provider, group, user, application, target, policy };

/// How an attribute of nmx stands in the API: what it is, what a change does, and in which field it is kept.
struct Attribute {
  enum class Form {
    plain,
    set,         // a list in no order
    extra,       // likewise, beyond what the server always adds
    lines,       // a list in no order, kept as lines of one text
    validity,    // a duration, kept as `hours=1;minutes=30`
    redirects,   // where a login may lead back to
    attributes,  // an object of the user's own keys; nmx's mark among them is not shown
    config       // a key of the field `config`
  };

  InterfaceAttribute interface;
  AttributeRule rule;
  /// The API's field; empty: it is in none.
  std::string field;
  Names names = Names::nothing;
  Form form = Form::plain;
  /// The first release that has the field.
  Release since = {};
  /// One side of what another object may say from its own side: looked at only where it is written here.
  bool two_sided = false;
  /// Every PATCH carries it, or the server takes it to be its default.
  bool always = false;

  const std::string& name() const { return interface.name; }

  // To be read as a sentence: `text("name", "name", "…").required()`.
  Attribute required() &&;
  Attribute falls_back(Value value) &&;
  Attribute from(Release release) &&;
  Attribute carried_always() &&;
  Attribute seen_from_two_sides() &&;
  /// A change makes the object anew.
  Attribute forces() &&;
  /// nmx chooses it where it is not written.
  Attribute decided() &&;
};

Attribute text(std::string name, std::string field, std::string doc);
Attribute flag(std::string name, std::string field, std::string doc);
Attribute number(std::string name, std::string field, std::string doc);
Attribute choice(std::string name, std::string field, std::vector<std::string> members, std::string doc);
Attribute validity(std::string name, std::string field, std::string doc);
Attribute set_of_texts(std::string name, std::string field, std::string doc);
/// The name of something.
Attribute one(Names names, std::string name, std::string field, std::string doc);
/// Names of several, in no order.
Attribute several(Names names, std::string name, std::string field, std::string doc);
/// Given by the server.
Attribute given(Type type, std::string name, std::string field, std::string doc);
/// A secret that the server never tells, sent by a request of its own.
Attribute write_only(std::string name, std::string doc);
/// `attributes`: the user's own keys.
Attribute own_keys();

}  // namespace nmx::authentik
