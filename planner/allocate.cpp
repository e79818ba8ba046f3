#include "planner/allocate.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/config/address.hpp"

namespace nmx {
namespace {

std::string block_text(std::string_view owner) {
  const auto address = parse_address(owner);
  return address ? to_string(block_of(*address)) : std::string(owner);
}

}  // namespace

Allocator::Allocator(Spaces known, std::uint64_t releasing) : spaces_(std::move(known)), releasing_(releasing) {
  index();
}

void Allocator::occupy(std::string_view space, std::string_view value, std::string by) {
  occupied_[std::string(space)].emplace(value, std::move(by));
}

std::optional<std::string> Allocator::holder(std::string_view space, std::string_view value,
                                             std::string_view owner) const {
  if (const auto known = spaces_.find(space); known != spaces_.end()) {
    const auto found = known->second.find(value);
    if (found != known->second.end() && found->second.released == 0) {
      if (found->second.owner == owner) return std::nullopt;
      return found->second.owner;
    }
  }
  if (const auto others = occupied_.find(space); others != occupied_.end()) {
    const auto found = others->second.find(value);
    if (found != others->second.end()) return found->second;
  }
  return std::nullopt;
}

void Allocator::give(std::string_view space, std::string_view value, std::string_view owner) {
  // An owner has one value of a space; the one it had before goes with the plan that takes it away.
  auto& known = spaces_[std::string(space)];
  auto& mine = owned_[std::string(space)][std::string(owner)];
  if (!mine.empty() && mine != value) known[mine].released = releasing_;
  mine = value;
  known[std::string(value)] = Allocation{std::string(owner), 0};
}

Status Allocator::claim(std::string_view space, std::string_view value, std::string_view owner) {
  if (auto taken = holder(space, value, owner)) {
    Error error{fmt::format("{} is taken by {}", value, *taken)};
    if (going_.contains(*taken)) {
      error.help = fmt::format(
          "no file asks for `{0}` any more: if `{1}` is the same by another name, write `moved {{ from = {0}, to = {1} "
          "}}`, else let it go with an apply of its own first",
          block_text(*taken), block_text(owner));
    }
    return error;
  }
  give(space, value, owner);
  return Done{};
}

const std::string* Allocator::owned(std::string_view space, std::string_view owner) {
  const auto owners = owned_.find(space);
  if (owners == owned_.end()) return nullptr;
  const auto found = owners->second.find(owner);
  return found == owners->second.end() ? nullptr : &found->second;
}

void Allocator::index() {
  owned_.clear();
  for (const auto& [name, space] : spaces_) {
    for (const auto& [value, allocation] : space) {
      if (allocation.released == 0) owned_[name][allocation.owner] = value;
    }
  }
}

Result<std::string> Allocator::allocate(std::string_view space, std::string_view owner,
                                        const std::function<std::optional<std::string>()>& next) {
  const auto* before = owned(space, owner);
  const auto kept = before == nullptr ? std::optional<std::string>() : *before;
  std::optional<std::string> free;
  std::optional<std::string> oldest;
  std::uint64_t oldest_released = 0;
  std::size_t candidates = 0;
  const auto known = spaces_.find(space);
  while (auto candidate = next()) {
    ++candidates;
    if (kept && *candidate == *kept) {
      free = std::move(candidate);
      break;
    }
    if (free || holder(space, *candidate, owner)) continue;
    const auto* tombstone = known == spaces_.end() ? nullptr : [&]() -> const Allocation* {
      const auto found = known->second.find(*candidate);
      return found == known->second.end() ? nullptr : &found->second;
    }();
    if (tombstone == nullptr) {
      free = std::move(candidate);
      if (!kept) break;
    } else if (tombstone->released != releasing_ && (!oldest || tombstone->released < oldest_released)) {
      oldest = std::move(candidate);
      oldest_released = tombstone->released;
    }
  }
  auto& chosen = free ? free : oldest;
  if (!chosen) return Error{fmt::format("all {} are taken", candidates)};
  give(space, *chosen, owner);
  return *std::move(chosen);
}

void Allocator::release(const std::set<std::string, std::less<>>& owners) {
  for (auto& [name, space] : spaces_) {
    for (auto& [value, allocation] : space) {
      if (allocation.released == 0 && owners.contains(allocation.owner)) allocation.released = releasing_;
    }
  }
  index();
}

void Allocator::rename(std::string_view from, std::string_view to) {
  for (auto& [name, space] : spaces_) {
    for (auto& [value, allocation] : space) {
      if (allocation.owner == from && allocation.released == 0) allocation.owner = std::string(to);
    }
  }
  index();
}

}  // namespace nmx
