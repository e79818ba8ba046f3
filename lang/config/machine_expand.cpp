#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"
#include "lang/diagnostics/suggest.hpp"

// Blocks to nodes: `when`, `for_each`, names, addresses.
namespace nmx {
namespace {

constexpr std::size_t most_nodes = 1'000'000;
/// Definitions in definitions; sites have three or four.
constexpr std::size_t deepest = 16;

std::size_t depth_of(const Node& home) {
  std::size_t depth = 0;
  for (const auto* node = &home; node->role == Node::Role::instance; node = node->home) ++depth;
  return depth;
}

/// The address of what a home holds; the root module has none.
Address child(const Node& home, std::string name, const std::optional<std::string>& key) {
  return home.place.child(std::move(name), key);
}

}  // namespace

/// Expands one block of a home.
class Expanding {
 public:
  Expanding(Machine& machine, Node& home, const BlockDeclaration& block, Expansion& expansion)
      : machine_(machine), home_(home), block_(block), expansion_(expansion) {}

  void run() {
    const auto frame = machine_.frame_of(home_, Machine::each_of(&home_));
    if (block_.when != nullptr) {
      const auto holds = machine_.truth(*block_.when, frame, "when");
      if (!holds || !*holds) {
        expansion_.broken = !holds;
        expansion_.absent = true;
        return;
      }
    }
    if (block_.for_each == nullptr) {
      add(std::nullopt, {});
      return;
    }
    expansion_.has_for_each = true;
    const auto over = machine_.evaluate(*block_.for_each, frame);
    keys(over);
  }

 private:
  void refuse(std::string message, std::string help) {
    expansion_.broken = true;
    machine_.diagnostics.error(Code::bad_for_each, block_.for_each->span, std::move(message))
        .with_help(std::move(help));
  }

  void not_known(const Value& value) {
    expansion_.broken = true;
    machine_.diagnostics
        .error(Code::not_known_yet, block_.for_each->span, "`for_each` depends on what only apply can know")
        .note(display(value, 200))
        .with_help("take the keys from what is written");
  }

  void keys(const Value& over) {
    if (over.is_poison()) {
      expansion_.broken = true;
      return;
    }
    if (over.is_hole()) return not_known(over);
    if (over.secret)
      return refuse("`for_each` cannot walk a secret: its keys are names", "walk something that is not secret");
    if (const auto* object = over.object()) {
      for (const auto& [key, value] : *object) add(key, value);
      return;
    }
    const auto* list = over.list();
    if (list == nullptr) {
      return refuse(fmt::format("`for_each` wants a map or a list of strings, found `{}`", type_name(over)),
                    "write `for_each = [\"a\", \"b\"]` or a map");
    }
    std::set<std::string> seen;
    for (const auto& element : *list) {
      if (element.is_hole()) return not_known(element);
      const auto* key = element.string();
      if (key == nullptr) {
        return refuse(fmt::format("`for_each` wants strings in its list, found `{}`", type_name(element)),
                      "walk a map: `{ for x in list : x.name => x }`");
      }
      if (!seen.insert(*key).second)
        return refuse(fmt::format("`for_each` has the key \"{}\" twice", *key), "keys are names, so each stands once");
      add(*key, element);
    }
  }

  std::optional<std::string> label(const Node& each) {
    if (block_.label == nullptr) return std::string();
    if (!block_.label->computed) return block_.label->text;
    auto frame = machine_.frame_of(home_, each.each_key ? &each : Machine::each_of(&home_));
    const auto value = machine_.evaluate(*block_.label->computed, frame);
    if (const auto* text = value.string(); text != nullptr && !value.secret) return *text;
    if (value.is_hole()) {
      machine_.diagnostics
          .error(Code::not_known_yet, block_.label->span, "this name depends on what only apply can know")
          .note(display(value, 200));
    } else if (!value.is_poison()) {
      machine_.diagnostics.error(Code::wrong_type, block_.label->span, "a name is a text that is not secret");
    }
    return std::nullopt;
  }

  void add(std::optional<std::string> key, Value value) {
    if (machine_.nodes_.size() >= most_nodes) {
      if (machine_.told_cycles_.insert(&machine_.nodes_).second) {
        machine_.diagnostics.error(Code::too_many_instances, block_.header(),
                                   fmt::format("the configuration makes more than {} things", most_nodes));
      }
      expansion_.broken = true;
      return;
    }
    // Making a block is much more work than an expression is.
    if (!machine_.spend(20, block_.header()) || !is_in_depth()) {
      expansion_.broken = true;
      return;
    }
    auto& node = machine_.make(role(), &home_, &block_);
    node.each_key = key;
    node.each_value = std::move(value);
    const auto own = label(node);
    if (!own) {
      expansion_.broken = true;
      return;
    }
    place(node, *own, key);
    expansion_.nodes.emplace_back(key.value_or(""), &node);
  }

  /// A definition that makes an instance of its own kind would go on for ever; each is told once.
  bool is_in_depth() {
    if (block_.role != BlockRole::instance || depth_of(home_) < deepest) return true;
    if (machine_.told_cycles_.insert(&block_).second) {
      machine_.diagnostics
          .error(Code::too_many_instances, block_.header(),
                 fmt::format("`{}` is made inside definitions more than {} deep", block_.title(), deepest))
          .with_help("a definition must not make what makes it again, unless a `when` ends it");
    }
    return false;
  }

  Node::Role role() const {
    switch (block_.role) {
      case BlockRole::resource: return Node::Role::resource;
      case BlockRole::instance: return Node::Role::instance;
      case BlockRole::module: return Node::Role::module;
      case BlockRole::provider: return Node::Role::provider;
      case BlockRole::nested: return Node::Role::nested;
    }
    return Node::Role::nested;
  }

  void place(Node& node, const std::string& own, const std::optional<std::string>& key) {
    const bool inside = home_.role == Node::Role::instance;
    switch (node.role) {
      case Node::Role::resource:
        node.name = own;
        node.place = inside ? child(home_, own, key) : home_.place.child("resource").child(block_.type).child(own, key);
        machine_.resources.push_back(&node);
        return;
      case Node::Role::module:
        node.name = own;
        node.module = block_.module;
        node.place = home_.place.child("module").child(own, key);
        if (node.module == nullptr) {
          expansion_.broken = true;
          return;
        }
        node.inputs.resize(node.module->variables.size());
        node.locals.resize(node.module->contents.locals.size());
        node.outputs.resize(node.module->contents.outputs.size());
        machine_.all_modules.push_back(&node);
        return;
      case Node::Role::provider:
        node.name = own;
        node.place = child(home_, own.empty() ? block_.type : own, key);
        machine_.all_providers.push_back(&node);
        return;
      case Node::Role::instance: return place_instance(node, own, key, inside);
      case Node::Role::nested: return;
    }
  }

  void place_instance(Node& node, const std::string& own, const std::optional<std::string>& key, bool inside) {
    const auto full = block_.member.empty() ? block_.type : block_.type + "." + block_.member;
    node.definition = machine_.configuration.kind(full);
    if (node.definition == nullptr) {
      expansion_.broken = true;
      return;
    }
    const auto label = own.empty() ? (block_.member.empty() || inside ? std::string() : block_.member) : own;
    if (inside) {
      node.name = block_.quoted ? label : label.empty() ? home_.name : home_.name + "-" + label;
      node.place = child(home_, label.empty() ? block_.type : label, key);
    } else {
      node.name = label.empty() ? block_.type : label;
      node.place = home_.place.child(block_.type).child(node.name, key);
    }
    if (key && !(block_.label != nullptr && block_.label->computed)) node.name += "-" + *key;
    node.inputs.resize(node.definition->shape.inputs.size());
    node.locals.resize(node.definition->contents.locals.size());
    node.outputs.resize(node.definition->contents.outputs.size());
    machine_.all_instances.push_back(&node);
  }

  Machine& machine_;
  Node& home_;
  const BlockDeclaration& block_;
  Expansion& expansion_;
};

const Expansion& Machine::expand(Node& home, const BlockDeclaration& block) {
  auto& expansion = home.expansions[&block];
  if (expansion.state == Expansion::State::done) {
    read(expansion.trace);
    return expansion;
  }
  const auto* looped = block.for_each != nullptr ? block.for_each : block.when;
  const auto span = looped != nullptr ? looped->span : block.header();
  if (expansion.state == Expansion::State::running) {
    tell_cycle(&expansion);
    return expansion;
  }
  expansion.state = Expansion::State::running;
  steps_.push_back({&expansion, span, &home, block.type, block.static_name(), diagnostics.size(), undecided_});
  Reading reading;
  collectors_.push_back(&reading);
  Expanding(*this, home, block, expansion).run();
  collectors_.pop_back();
  bring_home(steps_.back().told, home);
  expansion.trace = keep(std::move(reading), steps_.back());
  steps_.pop_back();
  expansion.state = Expansion::State::done;
  read(expansion.trace);
  return expansion;
}

/// Breadth first, so that what is expanded meanwhile is expanded in turn.
void Machine::expand_all() {
  if (expanded_) return;
  expanded_ = true;
  std::size_t module = 0;
  std::size_t instance = 0;
  while (module < all_modules.size() || instance < all_instances.size()) {
    auto& home = module < all_modules.size() ? *all_modules[module++] : *all_instances[instance++];
    for (const auto* block : home.contents().blocks) expand(home, *block);
  }
}

/// Blocks of a kind, wherever they stand, before it is known what they come to.
void Machine::candidates(std::string_view kind, const std::function<void(Node&, const BlockDeclaration&)>& visit) {
  std::vector<Node*> homes{root};
  for (std::size_t at = 0; at < homes.size(); ++at) {
    auto& home = *homes[at];
    const auto& contents = home.contents();
    if (const auto found = contents.of_kind.find(kind); found != contents.of_kind.end()) {
      for (const auto index : found->second) {
        if (contents.blocks[index]->role == BlockRole::instance) visit(home, *contents.blocks[index]);
      }
    }
    for (const auto index : contents.modules) {
      for (const auto& [key, node] : expand(home, *contents.blocks[index]).nodes) {
        if (node->module != nullptr) homes.push_back(node);
      }
    }
    for (const auto index : contents.instances) {
      const auto& block = *contents.blocks[index];
      // Only makers of instances are looked into, and a kind is not looked for inside itself: that would need its own
      // `when`.
      const auto full = block.member.empty() ? block.type : block.type + "." + block.member;
      const auto* definition = configuration.kind(full);
      if (definition == nullptr || definition->contents.instances.empty() || block.type == kind) continue;
      for (const auto& [key, node] : expand(home, block).nodes) {
        if (node->definition != nullptr) homes.push_back(node);
      }
    }
  }
}

const std::map<std::string, Node*>& Machine::instances_of(std::string_view kind) {
  static const std::map<std::string, Node*> none;
  if (const auto known = by_kind_.find(kind); known != by_kind_.end()) return known->second;
  if (!walking_.insert(std::string(kind)).second) {
    const auto span = steps_.empty() ? Span{} : steps_.back().span;
    if (told_cycles_.insert(&walking_).second) {
      diagnostics
          .error(Code::cycle, span, fmt::format("which `{}` there are depends on which `{}` there are", kind, kind))
          .with_help("a `when`, `for_each` or name must not walk its own kind");
    }
    return none;
  }
  std::map<std::string, Node*> found;
  candidates(kind, [&](Node& home, const BlockDeclaration& block) {
    for (const auto& [key, node] : expand(home, block).nodes) {
      // A name that several have is an error only where it is looked up; here the second stands under its address.
      const auto [first, is_new] = found.emplace(node->name, node);
      if (!is_new && first->second != node) found.emplace(node->address(), node);
    }
  });
  walking_.erase(std::string(kind));
  return by_kind_.emplace(std::string(kind), std::move(found)).first->second;
}

}  // namespace nmx
