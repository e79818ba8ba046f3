#include "planner/renames.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>

#include "planner/diff.hpp"

namespace nmx {
namespace {

/// The objects of one block, all of which come or all of which go.
struct Block {
  Address owner;
  std::vector<const PlanEntry*> parts;
};

/// The kind of a block and what stands below it: `container: .address=address .lxc=proxmox_container`.
std::string shape_of(const Block& block) {
  const auto& steps = block.owner.steps();
  auto text = steps.size() < 2 ? std::string() : to_string(Address({steps[steps.size() - 2]}));
  for (const auto* part : block.parts) {
    const auto& whole = part->change.address.steps();
    const auto below = whole.begin() + static_cast<std::ptrdiff_t>(std::min(steps.size(), whole.size()));
    text += fmt::format(" {}={}", to_string(Address({below, whole.end()})), part->change.type);
  }
  return text;
}

/// Blocks by shape; those of a shape that one action alone makes or removes.
std::map<std::string, std::vector<Block>> blocks_of(const Plan& plan, Action action) {
  std::map<Address, std::optional<Block>> by_owner;
  for (const auto& entry : plan.entries) {
    auto& block = by_owner.try_emplace(entry.owner, Block{entry.owner, {}}).first->second;
    if (entry.change.action != action) block.reset();
    if (block) block->parts.push_back(&entry);
  }
  std::map<std::string, std::vector<Block>> shapes;
  for (auto& [owner, block] : by_owner) {
    if (block) shapes[shape_of(*block)].push_back(*std::move(block));
  }
  return shapes;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// What is another text only because the block has another name: the name itself, and what nmx chose for it.
using Renamed = std::vector<std::pair<std::string, std::string>>;

Renamed renamed_texts(const Block& gone, const Block& come, const Registry& registry) {
  Renamed texts{{gone.owner.steps().back().name, come.owner.steps().back().name}};
  for (std::size_t at = 0; at < gone.parts.size(); ++at) {
    const auto& after = come.parts[at]->change;
    const auto& schema = registry.type(after.type)->schema();
    for (const auto& [name, value] : after.after) {
      const auto* chosen = value.string();
      const auto* applied = gone.parts[at]->change.applied.find(name);
      const auto* old = applied == nullptr ? nullptr : applied->string();
      if (schema.rule(name).decided && chosen != nullptr && old != nullptr) texts.emplace_back(*old, *chosen);
    }
  }
  return texts;
}

bool same_but_renamed(const Value& before, const Value& after, const Renamed& texts) {
  if (before == after) return true;
  constexpr std::size_t whole = 1 << 20;
  auto shown = display(before, whole);
  for (const auto& [from, to] : texts) shown = replaced(std::move(shown), from, to);
  return shown == display(after, whole);
}

bool same_content(const Block& gone, const Block& come, const Registry& registry) {
  const auto texts = renamed_texts(gone, come, registry);
  for (std::size_t at = 0; at < gone.parts.size(); ++at) {
    const auto& before = gone.parts[at]->change;
    const auto& after = come.parts[at]->change;
    const auto& schema = registry.type(after.type)->schema();
    for (const auto& [name, value] : after.after) {
      const auto& rule = schema.rule(name);
      if (rule.decided || rule.write_only || rule.derived || contains_hole(value)) continue;
      const auto* applied = before.applied.find(name);
      if (applied != nullptr && !same_but_renamed(*applied, value, texts)) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<std::pair<Address, Address>> likely_renames(const Plan& plan, const Registry& registry) {
  std::vector<std::pair<Address, Address>> renames;
  const auto coming = blocks_of(plan, Action::create);
  for (const auto& [shape, gone] : blocks_of(plan, Action::destroy)) {
    const auto come = coming.find(shape);
    if (gone.size() != 1 || come == coming.end() || come->second.size() != 1) continue;
    if (same_content(gone.front(), come->second.front(), registry)) {
      renames.emplace_back(gone.front().owner, come->second.front().owner);
    }
  }
  return renames;
}

std::string proposal(const std::pair<Address, Address>& rename) {
  const auto from = to_string(rename.first);
  const auto to = to_string(rename.second);
  return fmt::format(
      "`{0}` goes and `{1}` comes with the same content; if it is the same by another name, write "
      "`moved {{ from = {0}, to = {1} }}`, and nothing is destroyed",
      from, to);
}

}  // namespace nmx
