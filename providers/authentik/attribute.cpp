#include "providers/authentik/attribute.hpp"

namespace nmx::authentik {
namespace {

Attribute made(Type type, std::string name, std::string field, std::string doc) {
  Attribute attribute;
  attribute.interface.name = std::move(name);
  attribute.interface.type = std::move(type);
  attribute.interface.doc = std::move(doc);
  attribute.field = std::move(field);
  return attribute;
}

Type simple(Type::Tag tag) { return Type::simple(tag); }

}  // namespace

Attribute Attribute::required() && {
  interface.required = true;
  return std::move(*this);
}

Attribute Attribute::falls_back(Value value) && {
  interface.fallback = std::move(value);
  return std::move(*this);
}

Attribute Attribute::from(Release release) && {
  since = release;
  return std::move(*this);
}

Attribute Attribute::carried_always() && {
  always = true;
  return std::move(*this);
}

Attribute Attribute::seen_from_two_sides() && {
  two_sided = true;
  return std::move(*this);
}

Attribute Attribute::forces() && {
  rule.on_change = OnChange::replace;
  return std::move(*this);
}

Attribute Attribute::decided() && {
  interface.computed = true;
  rule.decided = true;
  rule.decider = "nmx";
  return std::move(*this);
}

Attribute text(std::string name, std::string field, std::string doc) {
  return made(simple(Type::Tag::string), std::move(name), std::move(field), std::move(doc));
}

Attribute flag(std::string name, std::string field, std::string doc) {
  return made(simple(Type::Tag::boolean), std::move(name), std::move(field), std::move(doc));
}

Attribute number(std::string name, std::string field, std::string doc) {
  return made(simple(Type::Tag::integer), std::move(name), std::move(field), std::move(doc));
}

Attribute choice(std::string name, std::string field, std::vector<std::string> members, std::string doc) {
  return made(Type::enumeration_of(std::move(members)), std::move(name), std::move(field), std::move(doc));
}

Attribute validity(std::string name, std::string field, std::string doc) {
  auto attribute = made(simple(Type::Tag::duration), std::move(name), std::move(field), std::move(doc));
  attribute.form = Attribute::Form::validity;
  return attribute;
}

Attribute set_of_texts(std::string name, std::string field, std::string doc) {
  auto attribute = made(Type::list_of(simple(Type::Tag::string)), std::move(name), std::move(field), std::move(doc));
  attribute.form = Attribute::Form::set;
  return attribute;
}

Attribute one(Names names, std::string name, std::string field, std::string doc) {
  auto attribute = text(std::move(name), std::move(field), std::move(doc));
  attribute.names = names;
  return attribute;
}

Attribute several(Names names, std::string name, std::string field, std::string doc) {
  auto attribute = set_of_texts(std::move(name), std::move(field), std::move(doc));
  attribute.names = names;
  return attribute;
}

Attribute given(Type type, std::string name, std::string field, std::string doc) {
  auto attribute = made(std::move(type), std::move(name), std::move(field), std::move(doc));
  attribute.interface.computed = true;
  attribute.interface.settable = false;
  attribute.rule.decider = "Authentik";
  return attribute;
}

Attribute write_only(std::string name, std::string doc) {
  auto attribute = made(Type::secret_of(simple(Type::Tag::string)), std::move(name), "", std::move(doc));
  attribute.rule.write_only = true;
  return attribute;
}

Attribute own_keys() {
  auto attribute = made(Type::map_of(simple(Type::Tag::any)), "attributes", "attributes",
                        "Keys and values of your own, which policies and mappings can read.");
  attribute.form = Attribute::Form::attributes;
  return attribute;
}

}  // namespace nmx::authentik
