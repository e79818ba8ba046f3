#pragma once

#include <utility>

#include "planner/provider.hpp"

namespace nmx::test {

inline Type typed(Type::Tag tag) {
  Type type;
  type.tag = tag;
  return type;
}

inline InterfaceAttribute attribute(std::string name, Type type) {
  InterfaceAttribute made;
  made.name = std::move(name);
  made.type = std::move(type);
  return made;
}

/// A type with one attribute of each behaviour.
class ThingType : public ResourceType {
 public:
  explicit ThingType(std::string name = "thing") {
    schema_.interface.type = std::move(name);
    const auto text = typed(Type::Tag::string);
    auto secret = text;
    secret.secret = true;
    Type mount = typed(Type::Tag::object);
    mount.fields = std::make_shared<const std::vector<Field>>(std::vector<Field>{
        {.name = "path", .type = text}, {.name = "source", .type = text}, {.name = "quota", .type = text}});
    Type mounts = typed(Type::Tag::list);
    mounts.of = std::make_shared<const std::vector<Type>>(std::vector<Type>{mount});
    schema_.interface.attributes = {attribute("node", text),     attribute("memory", typed(Type::Tag::bytes)),
                                    attribute("cores", text),    attribute("arch", text),
                                    attribute("mounts", mounts), attribute("password", secret),
                                    attribute("root", mount)};
    auto volume = attribute("volume", text);
    volume.computed = true;
    volume.settable = false;
    schema_.interface.attributes.push_back(volume);
    schema_.rules["node"].on_change = OnChange::replace;
    schema_.rules["arch"].on_change = OnChange::forbidden;
    schema_.rules["cores"].on_change = OnChange::restart;
    schema_.rules["mounts"].identity = "path";
    schema_.rules["password"].write_only = true;
    schema_.natural_key = {"node"};
  }
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts&) const override { return object; }
  Result<std::vector<Operation>> operations(const Change& change, const Facts&) const override {
    Operation operation;
    operation.address = change.address;
    operation.verb = std::string(to_string(change.action));
    operation.completes = true;
    return std::vector<Operation>{operation};
  }
  /// Memory may grow while it runs, but not shrink.
  std::optional<OnChange> on_change(std::string_view path, const Value& before, const Value& after) const override {
    const auto* was = std::get_if<Bytes>(&before.held);
    const auto* becomes = std::get_if<Bytes>(&after.held);
    if (path == "memory" && was != nullptr && becomes != nullptr && *becomes < *was) return OnChange::restart;
    return std::nullopt;
  }

 private:
  Schema schema_;
};

inline Value hole(std::string address, std::string attribute) {
  auto unknown = std::make_shared<Unknown>();
  unknown->address = std::move(address);
  unknown->attribute = std::move(attribute);
  unknown->decider = "Proxmox";
  return Value(Hole{std::move(unknown)});
}

inline Address at(std::string_view text) { return *parse_address(text); }

}  // namespace nmx::test
