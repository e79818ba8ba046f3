#include "lang/config/evaluate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/config/machine.hpp"
#include "lang/diagnostics/suggest.hpp"

namespace nmx {

class Evaluator::Impl {
 public:
  Impl(const Configuration& configuration, ResourceHost& host, Inputs& inputs, Diagnostics& diagnostics)
      : machine(configuration, host, inputs, diagnostics) {}

  void instantiate() {
    if (done_) return;
    done_ = true;
    machine.expand_all();
    for (auto* node : machine.resources) describe(*node);
    std::sort(machine.resources.begin(), machine.resources.end(),
              [](const Node* a, const Node* b) { return a->place < b->place; });
    instances.reserve(machine.resources.size());
    for (auto* node : machine.resources) {
      if (!node->resource) continue;
      instances.push_back(*node->resource);
      nodes.push_back(node);
    }
  }

  Node* node_of(const Address& address) const {
    const auto at = std::lower_bound(nodes.begin(), nodes.end(), address,
                                     [](const Node* node, const Address& wanted) { return node->place < wanted; });
    return at == nodes.end() || (*at)->place != address ? nullptr : *at;
  }

  void make_providers() {
    if (providers_done_) return;
    providers_done_ = true;
    instantiate();
    std::set<std::string> known;
    for (auto* node : machine.all_providers) {
      ProviderInstance made;
      made.provider = node->block->type;
      made.name = node->home->role == Node::Role::instance ? to_string(node->place)
                  : node->name.empty()                     ? made.provider
                                                           : made.provider + "." + node->name;
      made.block = node->block->header();
      known.insert(made.name);
      settings(*node, made);
      providers.push_back(std::move(made));
      provider_nodes_.push_back(node);
    }
    for (const auto& instance : instances) {
      if (!known.insert(instance.provider).second) continue;
      without_block(instance);
    }
  }

  void settle_provider(const std::string& name) {
    for (std::size_t at = 0; at < provider_nodes_.size(); ++at) {
      auto& made = providers[at];
      if (made.name != name) continue;
      made.settings = {};
      made.places.clear();
      made.dependencies.clear();
      settings(*provider_nodes_[at], made);
    }
  }

  Machine machine;
  std::vector<ResourceInstance> instances;
  std::vector<Node*> nodes;
  std::vector<ProviderInstance> providers;

 private:
  void describe(Node& node) {
    const auto& block = *node.block;
    if (machine.host.interface(block.type) == nullptr) {
      auto& told = machine.diagnostics.error(
          Code::unknown_resource_type, block.block->labels.empty() ? block.header() : block.block->labels.front().span,
          fmt::format("there is no resource type `{}`", block.type));
      told.with_help(did_you_mean(block.type, machine.host.types()));
      return;
    }
    const auto& written = node.written();
    auto resource = std::make_unique<ResourceInstance>();
    resource->address = node.place;
    resource->type = block.type;
    resource->provider = machine.provider_of(node);
    resource->block = block.header();
    resource->owner = written.place;
    resource->owner_title = written.block->title();
    resource->owner_span = written.block->header();
    resource->ordinal = ordinal_of(written);
    node.resource = std::move(resource);
  }

  /// By file and place, so that plans read as the files do.
  static std::size_t ordinal_of(const Node& written) {
    const auto span = written.block->header();
    return (static_cast<std::size_t>(span.source) << 32) | span.begin;
  }

  void settings(Node& node, ProviderInstance& made) {
    const auto* interface = machine.host.provider_interface(made.provider);
    if (interface == nullptr) {
      const auto& labels = node.block->block->labels;
      machine.diagnostics.error(Code::unknown_provider, labels.empty() ? made.block : labels.front().span,
                                fmt::format("there is no provider `{}`", made.provider));
      return;
    }
    for (const auto* one : machine.reads_of([&] { settings(node, *interface, made); })) {
      made.dependencies.push_back(one->place);
    }
    std::sort(made.dependencies.begin(), made.dependencies.end());
    for (const auto& declared : interface->attributes) {
      if (made.settings.contains(declared.name)) continue;
      if (!declared.fallback.is_null()) made.settings.set(declared.name, declared.fallback);
      if (declared.required && node.block->find(declared.name) == nullptr) {
        machine.diagnostics.error(Code::missing_attribute, made.block,
                                  fmt::format("`provider {}` needs `{}`", made.provider, declared.name));
      }
    }
  }

  void settings(Node& node, const Interface& interface, ProviderInstance& made) {
    machine.depends(node);
    for (const auto& setting : node.block->settings) {
      const auto* declared = interface.find(setting.name);
      if (declared == nullptr) {
        machine.diagnostics
            .error(Code::unknown_attribute, setting.name_span(),
                   fmt::format("the provider `{}` has no setting `{}`", made.provider, setting.name))
            .with_help(did_you_mean(setting.name, interface.names()));
        continue;
      }
      const auto value = machine.provider_setting(node, setting, *declared);
      made.places.emplace(setting.name, setting.value_span());
      if (!value.is_null() && !value.is_poison()) made.settings.set(setting.name, value);
    }
  }

  /// A provider that is used without a block: fine where it needs nothing.
  void without_block(const ResourceInstance& instance) {
    const auto type = instance.provider.substr(0, instance.provider.find('.'));
    const auto* interface = machine.host.provider_interface(type);
    if (interface == nullptr) return;
    ProviderInstance made;
    made.provider = type;
    made.name = instance.provider;
    made.block = instance.owner_span;
    made.assumed = true;
    for (const auto& declared : interface->attributes) {
      if (declared.required) {
        machine.diagnostics
            .error(Code::no_provider, instance.owner_span, fmt::format("nothing says where `{}` is", instance.provider))
            .with_help(fmt::format("add `provider {} {{ {} = … }}`", type, declared.name));
        return;
      }
      if (!declared.fallback.is_null()) made.settings.set(declared.name, declared.fallback);
    }
    providers.push_back(std::move(made));
  }

  /// Of the first of `providers`; those without a block come after.
  std::vector<Node*> provider_nodes_;
  bool done_ = false;
  bool providers_done_ = false;
};

Evaluator::Evaluator(const Configuration& configuration, ResourceHost& host, Inputs& inputs, Diagnostics& diagnostics)
    : impl_(std::make_unique<Impl>(configuration, host, inputs, diagnostics)) {}

Evaluator::~Evaluator() = default;

void Evaluator::limit_work(std::size_t most) { impl_->machine.most_work = most; }

const std::vector<ResourceInstance>& Evaluator::instantiate() {
  impl_->instantiate();
  return impl_->instances;
}

const ResourceInstance* Evaluator::find(const Address& address) const {
  const auto* node = impl_->node_of(address);
  return node == nullptr ? nullptr : node->resource.get();
}

const ResourceConfiguration& Evaluator::configuration(const ResourceInstance& resource) {
  return impl_->machine.configuration_of(*impl_->node_of(resource.address));
}

std::vector<ReferenceStep> Evaluator::chain(const ResourceInstance& resource, const Address& needed) {
  auto* from = impl_->node_of(resource.address);
  const auto* to = impl_->node_of(needed);
  if (from == nullptr || to == nullptr) return {};
  static_cast<void>(impl_->machine.configuration_of(*from));
  return impl_->machine.chain(*from, *to);
}

const std::vector<ProviderInstance>& Evaluator::providers() {
  impl_->make_providers();
  return impl_->providers;
}

void Evaluator::settle_provider(const std::string& name) { impl_->settle_provider(name); }

StateSettings Evaluator::state_settings(const Interface& interface) { return impl_->machine.state_settings(interface); }

std::vector<OutputValue> Evaluator::outputs() {
  std::vector<OutputValue> values;
  auto& root = *impl_->machine.root;
  const auto& declared = root.module->contents.outputs;
  for (std::size_t at = 0; at < declared.size(); ++at) {
    auto value = impl_->machine.output(root, at);
    if (!value.is_poison())
      values.push_back({declared[at].name, std::move(value), declared[at].doc, declared[at].block});
  }
  std::sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return values;
}

void Evaluator::check_all() { impl_->machine.check_all(); }

Value Evaluator::evaluate(const ast::Expression& expression) {
  return impl_->machine.evaluate(expression, impl_->machine.frame_of(*impl_->machine.root, nullptr));
}

}  // namespace nmx
