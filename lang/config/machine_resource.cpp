#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "lang/value/brief_type.hpp"

// Resources: their attributes, what they need, who serves them.
namespace nmx {
namespace {

const InterfaceAttribute* attribute_of(const Interface* interface, std::string_view name) {
  return interface == nullptr ? nullptr : interface->find(name);
}

}  // namespace

std::string Machine::provider_of(const Node& resource) const {
  const auto type = host.provider_of(resource.block->type);
  for (const auto* node = &resource; node != nullptr; node = node->home) {
    if (node->block == nullptr || node->block->provider == nullptr) continue;
    // `provider = provider.proxmox.attic`
    const auto* named = std::get_if<ast::Member>(&node->block->provider->node);
    const auto* of_type = named == nullptr ? nullptr : std::get_if<ast::Member>(&named->object->node);
    if (of_type != nullptr && of_type->name.name == type) return type + "." + named->name.name;
  }
  // What the user wrote counts; without it a provider that a definition brings up serves all resources of its types.
  const Node* brought_up = nullptr;
  for (const auto* node : all_providers) {
    if (node->block->type != type) continue;
    if (node->home->role != Node::Role::instance && node->name.empty()) return type;
    if (node->home->role == Node::Role::instance && brought_up == nullptr) brought_up = node;
  }
  return brought_up == nullptr ? type : to_string(brought_up->place);
}

Value Machine::provider_setting(Node& provider, const Setting& setting, const InterfaceAttribute& declared) {
  return once(provider.attributes[setting.name], setting.value_span(), provider, "", setting.name, [&] {
    auto frame = frame_of(*provider.home, each_of(&provider));
    frame.wanted = &declared.type;
    return fit(evaluate_setting(setting, frame), declared.type, setting.value_span(), setting.name);
  });
}

Value Machine::resource_attribute(Node& resource, const std::string& name, Span span) {
  read(resource);
  const auto* interface = host.interface(resource.block->type);
  const auto* declared = attribute_of(interface, name);
  if (declared == nullptr) {
    if (name == "address") return Value{resource.address()};
    if (name == "name") return Value{resource.name};
    if (interface != nullptr) {
      diagnostics.error(Code::unknown_attribute, span, fmt::format("`{}` has no `{}`", resource.block->type, name))
          .with_help(did_you_mean(name, interface->names()));
    }
    return Value{Poison{}};
  }
  // What this resource reads is its own affair: whoever reads it needs it, not what it needs.
  Reading reading;
  collectors_.push_back(&reading);
  auto value = written_attribute(resource, *declared, span).value;
  if (value.is_null() && declared->computed) {
    if (resource.resource && host.is_provisional()) ++undecided_;
    value = resource.resource ? host.computed(*resource.resource, *declared) : not_decided(resource, *declared);
  }
  collectors_.pop_back();
  if (declared->type.secret) value.secret = true;
  return value;
}

/// While blocks are expanded nothing is decided yet, and which instances there are never depends on it. What was
/// computed from this is computed again when somebody asks later.
Value Machine::not_decided(const Node& resource, const InterfaceAttribute& declared) {
  ++undecided_;
  Unknown unknown;
  unknown.address = resource.address();
  unknown.attribute = declared.name;
  unknown.decider = host.provider_of(resource.block->type);
  unknown.type = declared.type;
  return Value{Hole{std::make_shared<const Unknown>(std::move(unknown))}};
}

const Slot& Machine::written_attribute(Node& resource, const InterfaceAttribute& declared, Span span) {
  auto& slot = resource.attributes[declared.name];
  const auto* setting = resource.block->find(declared.name);
  static_cast<void>(once(slot, setting == nullptr ? span : setting->name_span(), resource, "", declared.name,
                         [&] { return configured_attribute(resource, declared); }));
  return slot;
}

Value Machine::configured_attribute(Node& resource, const InterfaceAttribute& declared) {
  const auto* setting = resource.block->find(declared.name);
  if (setting == nullptr) return declared.fallback;
  auto frame = frame_of(*resource.home, each_of(&resource));
  frame.wanted = &declared.type;
  const auto value = evaluate_setting(*setting, frame);
  if (value.is_null()) return declared.fallback;
  auto fitted = fit(value, declared.type, setting->value_span(), declared.name);
  if (fitted.is_poison()) return fitted;
  return in_range(fitted, declared.min, declared.max, setting->value_span(), declared.name) ? fitted : Value{Poison{}};
}

const ResourceConfiguration& Machine::configuration_of(Node& resource) {
  if (resource.configuration) return *resource.configuration;
  const auto& block = *resource.block;
  const auto* interface = host.interface(block.type);
  auto made = std::make_unique<ResourceConfiguration>();
  if (interface == nullptr) {
    resource.configuration = std::move(made);
    return *resource.configuration;
  }
  Reading reading;
  collectors_.push_back(&reading);
  for (const auto& setting : block.settings) check_setting(*interface, block, setting);
  for (const auto& declared : interface->attributes) configure(resource, declared, *made);
  if (resource.home != nullptr) static_cast<void>(expand(*resource.home, block));
  depends(resource);
  take_lifecycle(resource, *made);
  collectors_.pop_back();
  for (const auto* one : reached(reading.reads(), ++walks_)) {
    if (one == &resource) continue;
    made->dependencies.push_back(one->place);
    resource.needs.push_back(one);
  }
  resource.reads = reading.take();
  std::sort(made->dependencies.begin(), made->dependencies.end());
  resource.configuration = std::move(made);
  return *resource.configuration;
}

void Machine::check_setting(const Interface& interface, const BlockDeclaration& block, const Setting& setting) {
  const auto* declared = interface.find(setting.name);
  if (declared == nullptr) {
    diagnostics
        .error(Code::unknown_attribute, setting.name_span(),
               fmt::format("`{}` has no attribute `{}`", block.type, setting.name))
        .label(block.header(), "in this resource")
        .with_help(did_you_mean(setting.name, interface.names()));
  } else if (!declared->settable) {
    diagnostics.error(Code::fixed_input, setting.name_span(),
                      fmt::format("`{}` of `{}` is computed and cannot be set", setting.name, block.type));
  } else if (!declared->deprecated.empty()) {
    diagnostics.warning(Code::deprecated, setting.name_span(), fmt::format("`{}` is deprecated", setting.name))
        .with_help(declared->deprecated);
  }
}

void Machine::configure(Node& resource, const InterfaceAttribute& declared, ResourceConfiguration& made) {
  const auto* setting = resource.block->find(declared.name);
  const auto& block = *resource.block;
  if (setting == nullptr && declared.required) {
    diagnostics
        .error(Code::missing_attribute, block.header(), fmt::format("`{}` needs `{}`", block.type, declared.name))
        .with_help(fmt::format("write `{} = …` of type `{}`", declared.name, brief(declared.type)));
    return;
  }
  if (setting == nullptr && declared.fallback.is_null()) return;
  const auto span = setting == nullptr ? block.header() : setting->name_span();
  const auto& slot = written_attribute(resource, declared, span);
  if (slot.state != Slot::State::done) return;
  if (slot.value.is_null() && declared.required) {
    diagnostics.error(Code::missing_attribute, setting->value_span(),
                      fmt::format("`{}` needs `{}`, and this is null", block.type, declared.name));
    return;
  }
  if (slot.trace != nullptr) made.linked.insert(declared.name);
  if (slot.value.is_null()) return;
  made.attributes.set(declared.name, declared.type.secret ? slot.value.as_secret() : slot.value);
  const auto& written = resource.written();
  made.places.emplace(declared.name, setting == nullptr      ? block.header()
                                     : &written == &resource ? setting->name_span()
                                                             : place_in_user_block(written, *setting, declared.name));
}

/// Where the user set what a definition hands on: the setting of the same name in the user's block, else the block.
Span Machine::place_in_user_block(const Node& written, const Setting&, const std::string& name) const {
  if (const auto* own = written.block->find(name)) return own->name_span();
  for (const auto& nested : written.block->nested) {
    // `mount` blocks become `mounts`.
    if (nested.type + "s" == name) return nested.header();
  }
  return written.block->header();
}

std::vector<ReferenceStep> Machine::chain(const Node& resource, const Node& needed) {
  std::vector<ReferenceStep> steps;
  for (const auto* passed : way_to(needed, resource.reads, ++walks_)) {
    steps.push_back({describe(*passed->node, passed->scope, passed->name), passed->span});
  }
  return steps;
}

void Machine::depends(Node& resource) {
  for (auto* node = &resource; node != nullptr && node->block != nullptr; node = node->home) {
    if (node->block->depends_on == nullptr || node->home == nullptr) continue;
    const auto value = evaluate(*node->block->depends_on, frame_of(*node->home, each_of(node)));
    depend_on(value, resource);
  }
}

void Machine::depend_on(const Value& value, const Node& from) {
  const auto* instance = std::get_if<Instance>(&value.held);
  if (instance == nullptr) {
    if (const auto* object = value.object()) {
      for (const auto& [key, one] : *object) depend_on(one, from);
    } else if (const auto* list = value.list()) {
      for (const auto& one : *list) depend_on(one, from);
    }
    return;
  }
  auto& node = *const_cast<Node*>(static_cast<const Node*>(instance->entity));
  if (node.role == Node::Role::resource) {
    if (&node != &from) read(node);
    return;
  }
  if (node.role == Node::Role::instance && node.contents().output_at.contains("ready")) {
    // Reading it waits for what it was computed from; a resource handed on as it is has to be waited for itself.
    depend_on(output(node, node.contents().output_at.at("ready")), from);
    return;
  }
  if (node.role != Node::Role::instance && node.role != Node::Role::module) return;
  for (const auto* block : node.contents().blocks) {
    for (const auto& [key, made] : expand(node, *block).nodes) depend_on(Value{Instance{made}}, from);
  }
}

void Machine::take_lifecycle(const Node& resource, ResourceConfiguration& made) {
  for (const auto* node = &resource; node != nullptr && node->block != nullptr; node = node->home) {
    if (!node->block->lifecycle) continue;
    const auto& written = *node->block->lifecycle;
    made.lifecycle.protect = made.lifecycle.protect || written.protect;
    made.lifecycle.create_before_destroy = made.lifecycle.create_before_destroy || written.create_before_destroy;
    made.lifecycle.ignore_changes.insert(made.lifecycle.ignore_changes.end(), written.ignore_changes.begin(),
                                         written.ignore_changes.end());
    for (const auto* reason : written.replace_when) {
      made.lifecycle.replace_when.push_back(evaluate(*reason, frame_of(*node->home, each_of(node))));
    }
  }
  for (const auto* node = &resource; node != nullptr && node->block != nullptr; node = node->home) {
    if (!node->block->timeouts) continue;
    const auto& written = *node->block->timeouts;
    const auto frame = frame_of(*node->home, each_of(node));
    const auto limit = [&](const ast::Expression* expression, std::optional<std::int64_t>& into) {
      if (expression == nullptr || into) return;
      const auto value =
          fit(evaluate(*expression, frame), Type::simple(Type::Tag::duration), expression->span, "timeouts");
      if (const auto* duration = std::get_if<Duration>(&value.held)) into = duration->milliseconds;
    };
    limit(written.create, made.timeouts.create);
    limit(written.update, made.timeouts.update);
    limit(written.destroy, made.timeouts.destroy);
  }
}

}  // namespace nmx
