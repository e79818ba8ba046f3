#include "planner/imports.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace nmx {
namespace {

/// Which resources stand below an address that is none itself: `container.media` is made of several.
std::string below(const PlanPorts& ports, const Address& address) {
  std::string list;
  for (const auto& instance : ports.evaluator.instantiate()) {
    if (!instance.address.within(address)) continue;
    list += (list.empty() ? "`" : ", `") + to_string(instance.address) + "`";
  }
  return list.empty() ? "write the block that it is to be, too; what it says is compared with what is there"
                      : "name one of its objects: " + list;
}

std::optional<std::string> id_of(const PlanPorts& ports, const ImportDeclaration& declaration) {
  const auto id = ports.evaluator.evaluate(*declaration.id);
  if (id.is_poison()) return std::nullopt;
  if (const auto* text = id.string(); text != nullptr && !text->empty()) return *text;
  if (const auto* number = id.integer()) return std::to_string(*number);
  ports.diagnostics.error(Code::wrong_type, declaration.id->span,
                          fmt::format("`id` must be a text, and this is {}", display(id)));
  return std::nullopt;
}

}  // namespace

Imports find_imports(const PlanPorts& ports) {
  Imports imports;
  for (const auto& declaration : ports.configuration.imports) {
    if (ports.state.objects.contains(declaration.to)) continue;
    const auto* instance = ports.evaluator.find(declaration.to);
    if (instance == nullptr) {
      ports.diagnostics
          .error(
              Code::unknown_target, declaration.block,
              fmt::format("nothing can be taken over as `{}`: no resource has that address", to_string(declaration.to)))
          .with_help(below(ports, declaration.to));
      continue;
    }
    auto id = id_of(ports, declaration);
    if (!id) continue;
    const auto& objects = ports.state.objects;
    const auto known = std::find_if(objects.begin(), objects.end(), [&](const auto& one) {
      return one.second.type == instance->type && one.second.provider == instance->provider && one.second.id == *id;
    });
    if (known != objects.end()) {
      ports.diagnostics
          .error(Code::duplicate_object, declaration.block,
                 fmt::format("`{}` is `{}` already", *id, to_string(known->first)))
          .with_help(fmt::format("give it another address by `moved {{ from = {}, to = {} }}`", to_string(known->first),
                                 to_string(declaration.to)));
      continue;
    }
    imports.push_back({declaration.to, instance->type, instance->provider, *std::move(id), declaration.block});
  }
  return imports;
}

void enter(State& state, const Imports& imports) {
  for (const auto& one : imports) {
    StateObject object;
    object.type = one.type;
    object.provider = one.provider;
    object.id = one.id;
    state.objects.emplace(one.to, std::move(object));
  }
}

void check_found(const Imports& imports, const std::map<Address, Observed>& observed, Diagnostics& diagnostics) {
  for (const auto& one : imports) {
    const auto found = observed.find(one.to);
    if (found == observed.end() || found->second.status == Observed::Status::present) continue;
    const bool absent = found->second.status == Observed::Status::absent;
    diagnostics.error(Code::unknown_target, one.block,
                      absent ? fmt::format("there is no {} `{}` to take over", one.type, one.id)
                             : fmt::format("`{}` cannot be read: {}", one.id, found->second.why));
  }
}

}  // namespace nmx
