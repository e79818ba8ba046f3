#include "tests/simulation/sim_site.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace nmx::test {
namespace {

const std::string space = "sim.number";

Address name(std::uint64_t number) { return Address{}.child("thing").child(fmt::format("t{:02}", number)); }

/// Two or so of those that come before, so that nothing needs itself.
std::vector<Address> some_of(const Site& site, Dice& dice, const Address& before) {
  std::vector<Address> some;
  for (const auto& [address, want] : site) {
    if (address < before && dice.below(site.size()) < 2) some.push_back(address);
  }
  return some;
}

std::string number_for(const Address& address, Plan& plan, const SimWorld& world) {
  const auto owner = to_string(address);
  auto& numbers = plan.allocations[space];
  for (const auto& [number, allocation] : numbers) {
    if (allocation.owner == owner && allocation.released == 0) return number;
  }
  for (int candidate = 100;; ++candidate) {
    const auto number = std::to_string(candidate);
    if (numbers.contains(number) || world.objects.contains(number)) continue;
    numbers[number] = {owner, 0};
    return number;
  }
}

/// Makes the steps of one plan.
class Steps {
 public:
  Steps(Plan& plan, std::string number, const Address& address)
      : plan_(plan), number_(std::move(number)), address_(address) {}

  std::size_t add(std::string verb, Object arguments, std::vector<std::size_t> after) {
    Operation operation;
    operation.id = plan_.operations.size();
    operation.address = address_;
    operation.type = "thing";
    operation.provider = "sim";
    operation.verb = verb;
    operation.arguments = std::move(arguments);
    operation.arguments.set("number", number_);
    operation.after = std::move(after);
    operation.conflicts = {"thing:" + number_, fmt::format("storage:{}", number_.back() % 4)};
    operation.key = number_;
    operation.summary = fmt::format("{} {} as {}", verb, to_string(address_), number_);
    operation.timeout_ms = 2'000;
    plan_.operations.push_back(std::move(operation));
    return plan_.operations.size() - 1;
  }

 private:
  Plan& plan_;
  std::string number_;
  Address address_;
};

const SimObject* real(const SimWorld& world, const Address& address, const std::string& number) {
  const auto found = world.objects.find(number);
  return found != world.objects.end() && found->second.mark == to_string(address) ? &found->second : nullptr;
}

}  // namespace

Site random_site(Dice& dice, int count) {
  Site site;
  for (int i = 0; i < count; ++i) {
    const auto address = name(static_cast<std::uint64_t>(i));
    Want want{1 + static_cast<std::int64_t>(dice.below(8)), 1, some_of(site, dice, address)};
    site.emplace(address, std::move(want));
  }
  return site;
}

Site changed_site(const Site& site, Dice& dice) {
  Site changed;
  for (const auto& [address, want] : site) {
    const auto what = dice.below(10);
    if (what == 0) continue;
    auto other = want;
    if (what == 1) other.shape += 1;
    if (what == 2) other.size += 1;
    auto& needs = other.needs;
    needs.erase(
        std::remove_if(needs.begin(), needs.end(), [&](const Address& need) { return !changed.contains(need); }),
        needs.end());
    changed.emplace(address, std::move(other));
  }
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto address = name(60 + dice.below(30));
    changed.emplace(address, Want{1, 1, some_of(site, dice, address)});
  }
  for (auto& [address, want] : changed) {
    auto& needs = want.needs;
    needs.erase(
        std::remove_if(needs.begin(), needs.end(), [&](const Address& need) { return !changed.contains(need); }),
        needs.end());
  }
  return changed;
}

Plan plan_site(const Site& site, const State& state, const SimWorld& world) {
  Plan plan;
  plan.lineage = state.lineage;
  plan.serial = state.serial;
  plan.allocations = state.allocations;
  std::map<Address, std::size_t> last;  // the last step of each thing
  std::set<Address> made_anew;
  for (const auto& [address, want] : site) {
    const auto known = state.objects.find(address);
    const auto* stored = known == state.objects.end() ? nullptr : &known->second;
    const auto number = stored != nullptr ? stored->id : number_for(address, plan, world);
    const auto* there = stored != nullptr ? real(world, address, number) : nullptr;

    PlanEntry entry;
    List links;
    std::vector<std::size_t> after;
    for (const auto& need : want.needs) {
      if (last.contains(need)) after.push_back(last.at(need));
      if (made_anew.contains(need)) {
        links.push_back(Hole{std::make_shared<Unknown>(
            Unknown{to_string(need), "uid", "the server", "", {}, Type::simple(Type::Tag::string)})});
      } else {
        links.push_back(real(world, need, state.objects.at(need).id)->uid);
      }
    }
    Object settings{{"size", want.size}, {"links", links}, {"password", Value(canary).as_secret()}};
    entry.change.address = address;
    entry.change.type = "thing";
    entry.change.after = settings;
    entry.change.after.set("shape", want.shape);
    entry.change.after.set("number", number);
    entry.dependencies = want.needs;

    Steps steps(plan, number, address);
    if (there == nullptr || there->shape != want.shape) {
      entry.change.action = there == nullptr ? Action::create : Action::replace;
      if (there != nullptr) after = {steps.add("destroy", {}, after)};
      after = {steps.add("create", {{"shape", want.shape}}, after)};
      made_anew.insert(address);
    } else if (!there->configured || !(there->settings == settings)) {
      entry.change.action = Action::update;
    } else {
      if (stored->status == StateObject::Status::tainted ||
          !(stored->attributes == answer_of(number, *there).attributes) || stored->dependencies != want.needs) {
        auto object = *stored;
        object.status = StateObject::Status::ready;
        object.attributes = entry.change.after;
        object.attributes.set("uid", there->uid);
        object.dependencies = want.needs;
        plan.refreshed.emplace(address, std::move(object));
      }
      continue;
    }
    const auto id = steps.add("configure", settings, after);
    plan.operations[id].completes = true;
    last[address] = id;
    plan.entries.push_back(std::move(entry));
  }
  for (const auto& [address, object] : state.objects) {
    if (site.contains(address)) continue;
    for (auto& [number, allocation] : plan.allocations[space]) {
      if (allocation.owner == to_string(address) && allocation.released == 0) allocation.released = state.serial + 1;
    }
    if (real(world, address, object.id) == nullptr) {
      plan.forgotten.push_back(address);
      continue;
    }
    std::vector<std::size_t> after;
    for (const auto& [other, id] : last) after.push_back(id);
    PlanEntry entry;
    entry.change.address = address;
    entry.change.action = Action::destroy;
    entry.change.before = object.attributes;
    Steps steps(plan, object.id, address);
    const auto stopped = steps.add("stop", {}, after);
    const auto destroyed = steps.add("destroy", {}, {stopped});
    plan.operations[destroyed].completes = true;
    plan.entries.push_back(std::move(entry));
  }
  return plan;
}

std::string ignorance(const State& state, const SimWorld& world) {
  for (const auto& [number, object] : world.objects) {
    const auto stored = state.objects.find(*parse_address(object.mark));
    if (stored == state.objects.end()) return fmt::format("{} exists and the state does not know it", object.mark);
    if (stored->second.id != number) return fmt::format("{} has another number in the state", object.mark);
    const bool ready = stored->second.status == StateObject::Status::ready;
    if (ready && !(stored->second.attributes == answer_of(number, object).attributes)) {
      return fmt::format("{} is something else in the state", object.mark);
    }
  }
  for (const auto& [address, object] : state.objects) {
    const bool gone = real(world, address, object.id) == nullptr;
    if (gone && object.status == StateObject::Status::ready) {
      return fmt::format("{} is gone and the state does not know", to_string(address));
    }
  }
  return {};
}

std::string complaint(const Site& site, const State& state, const SimWorld& world) {
  std::map<std::string, std::vector<std::string>> by_mark;
  for (const auto& [number, object] : world.objects) by_mark[object.mark].push_back(number);
  for (const auto& [mark, numbers] : by_mark) {
    if (numbers.size() > 1) return fmt::format("{} exists {} times", mark, numbers.size());
    if (!site.contains(*parse_address(mark))) return fmt::format("{} was left behind", mark);
  }
  for (const auto& [address, want] : site) {
    const auto mark = to_string(address);
    if (!by_mark.contains(mark)) return fmt::format("{} is missing", mark);
    const auto number = by_mark.at(mark).front();
    const auto& object = world.objects.at(number);
    if (object.shape != want.shape || object.settings.at_or_null("size") != Value(want.size)) {
      return fmt::format("{} is not as it was wanted", mark);
    }
    List links;
    for (const auto& need : want.needs) links.push_back(world.objects.at(by_mark.at(to_string(need)).front()).uid);
    if (object.settings.at_or_null("links") != Value(links)) return fmt::format("{} has the wrong links", mark);
    const auto stored = state.objects.find(address);
    if (stored == state.objects.end()) return fmt::format("{} was forgotten", mark);
    if (stored->second.id != number) return fmt::format("{} has another number in the state", mark);
    if (!(stored->second.attributes == answer_of(number, object).attributes)) {
      return fmt::format("{} is something else in the state", mark);
    }
    if (stored->second.dependencies != want.needs) return fmt::format("{} has other dependencies in the state", mark);
    const auto allocations = state.allocations.find(space);
    const auto known = allocations == state.allocations.end() ? Allocation{} : [&] {
      const auto found = allocations->second.find(number);
      return found == allocations->second.end() ? Allocation{} : found->second;
    }();
    if (known.owner != mark || known.released != 0) return fmt::format("the number {} is not {}'s", number, mark);
  }
  if (state.objects.size() != site.size()) return "the state holds what is not wanted";
  return {};
}

}  // namespace nmx::test
