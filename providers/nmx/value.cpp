#include "providers/nmx/value.hpp"

#include <fmt/core.h>

#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/state_only.hpp"

namespace nmx::internal {

ValueType::ValueType() {
  schema_.interface.type = "value";
  schema_.in_state_alone = true;
  schema_.interface.doc = "Remembers a value in state.";
  InterfaceAttribute input;
  input.name = "input";
  input.type = Type::simple(Type::Tag::any);
  input.doc = "Anything.";
  InterfaceAttribute output;
  output.name = "output";
  output.type = Type::simple(Type::Tag::any);
  output.doc = "The same.";
  output.computed = true;
  output.settable = false;
  InterfaceAttribute id;
  id.name = "id";
  id.type = Type::simple(Type::Tag::string);
  id.doc = "Its own for life, also when it is renamed.";
  id.computed = true;
  id.settable = false;
  schema_.interface.attributes = {input, output, id};
  schema_.rules.emplace("output", AttributeRule{OnChange::live, false, true, {}, "nmx"});
  schema_.rules.emplace("id", AttributeRule{OnChange::live, false, true, {}, "nmx"});
}

Object ValueType::normalise(const Object& written, const Facts&) const { return without_nulls(written); }

Result<Object> ValueType::decide(const Deciding& deciding) const {
  Object decided;
  decided.set("output", deciding.wanted.at_or_null("input"));
  const auto* kept = deciding.applied ? deciding.applied->find("id") : nullptr;
  decided.set("id", kept ? *kept : Value(to_hex(sha256("value " + to_string(deciding.address)).substr(0, 8))));
  return decided;
}

Result<std::vector<Operation>> ValueType::operations(const Change& change, const Facts&) const {
  return remember(change, fmt::format("remember {}", to_string(change.address)));
}

}  // namespace nmx::internal
