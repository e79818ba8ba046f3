#include "lang/config/machine.hpp"

// Finding one made instance by its name, without asking which others there are.
namespace nmx {
namespace {

const Kind* kind_of(const Configuration& configuration, const BlockDeclaration& block) {
  return configuration.kind(block.member.empty() ? block.type : block.type + "." + block.member);
}

}  // namespace

/// The name that the block's instance has, or that its instances begin with; nothing where that takes evaluation.
std::optional<std::string> Machine::plain_name(const Node& home, const BlockDeclaration& block) {
  if (block.has_computed_label()) return std::nullopt;
  const bool inside = home.role == Node::Role::instance;
  if (!inside || block.quoted) return block.static_name().empty() ? block.type : std::string(block.static_name());
  return block.label == nullptr ? home.name : home.name + "-" + block.label->text;
}

/// What a definition makes under exactly this name.
const BlockDeclaration* Machine::made_as(const Node& home, std::string_view kind, std::string_view name) {
  const auto& contents = home.contents();
  const auto of_kind = contents.of_kind.find(kind);
  if (of_kind == contents.of_kind.end()) return nullptr;
  for (const auto index : of_kind->second) {
    const auto& block = *contents.blocks[index];
    if (block.role == BlockRole::instance && block.for_each == nullptr && plain_name(home, block) == name)
      return &block;
  }
  return nullptr;
}

/// Whether a kind's definition makes instances of another, itself or through what it makes; and whether under a name
/// that need not begin with the maker's.
const std::pair<bool, bool>& Machine::makes(const Kind& maker, std::string_view kind) {
  auto [known, is_new] = makes_.emplace(std::pair(&maker, std::string(kind)), std::pair(false, false));
  if (!is_new) return known->second;
  std::set<const Kind*> seen{&maker};
  std::vector<const Kind*> open{&maker};
  auto& answer = known->second;
  while (!open.empty()) {
    const auto& contents = open.back()->contents;
    open.pop_back();
    for (const auto index : contents.instances) {
      const auto& block = *contents.blocks[index];
      if (block.type == kind) answer.first = true;
      if (block.quoted) answer.second = true;
      const auto* made = kind_of(configuration, block);
      if (made != nullptr && seen.insert(made).second) open.push_back(made);
    }
  }
  answer.second = answer.first && answer.second;
  return answer;
}

bool Machine::may_lead_to(const Node& home, const BlockDeclaration& block, std::string_view kind,
                          const std::string& name) {
  const auto* made = kind_of(configuration, block);
  if (made == nullptr) return false;
  const auto& [leads, by_any_name] = makes(*made, kind);
  if (!leads || by_any_name) return leads;
  const auto begins = plain_name(home, block);
  return !begins || name.compare(0, begins->size(), *begins) == 0;
}

/// The block's instances of that name; the block alone where its name says enough, so that its `when` can wait.
void Machine::seek(Node& home, const BlockDeclaration& block, const std::string& name, std::vector<Made>& found) {
  const auto plain = plain_name(home, block);
  if (plain && block.for_each == nullptr) {
    if (*plain == name) found.push_back({&home, &block, nullptr});
    return;
  }
  if (plain && name.compare(0, plain->size(), *plain) != 0) return;
  for (const auto& [key, node] : expand(home, block).nodes) {
    if (node->name == name) found.push_back({&home, &block, node});
  }
}

std::vector<Machine::Made> Machine::made_named(std::string_view kind, const std::string& name) {
  std::vector<Made> found;
  std::vector<Node*> homes{root};
  for (std::size_t at = 0; at < homes.size(); ++at) {
    auto& home = *homes[at];
    const auto& contents = home.contents();
    if (const auto of_kind = contents.of_kind.find(kind); of_kind != contents.of_kind.end()) {
      for (const auto index : of_kind->second) {
        if (contents.blocks[index]->role == BlockRole::instance) seek(home, *contents.blocks[index], name, found);
      }
    }
    for (const auto index : contents.modules) {
      for (const auto& [key, node] : expand(home, *contents.blocks[index]).nodes) {
        if (node->module != nullptr) homes.push_back(node);
      }
    }
    for (const auto index : contents.instances) {
      const auto& block = *contents.blocks[index];
      if (!may_lead_to(home, block, kind, name)) continue;
      for (const auto& [key, node] : expand(home, block).nodes) {
        if (node->definition != nullptr) homes.push_back(node);
      }
    }
  }
  return found;
}

}  // namespace nmx
