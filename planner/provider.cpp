#include "planner/provider.hpp"

#include <algorithm>

namespace nmx {

Span Checking::place(std::string_view attribute) const {
  if (configuration == nullptr) return block;
  const auto found = configuration->places.find(std::string(attribute));
  return found == configuration->places.end() ? block : found->second;
}

Result<Object> ResourceType::decide(const Deciding&) const { return Object{}; }

void ResourceType::check(const Checking&, Diagnostics&) const {}

bool ResourceType::loses_data(const Object&) const { return schema().holds_data; }

std::optional<OnChange> ResourceType::on_change(std::string_view, const Value&, const Value&) const {
  return std::nullopt;
}

Task<std::vector<Foreseen>> Provider::foresee(std::vector<Wanted> wanted) {
  co_return std::vector<Foreseen>(wanted.size());
}

Task<Result<std::vector<Occupied>>> Provider::survey() { co_return std::vector<Occupied>{}; }

Registry::Registry(std::vector<ProviderType> providers) : providers_(std::move(providers)) {
  for (const auto& provider : providers_) {
    for (const auto& type : provider.types) types_.emplace(type->schema().interface.type, Entry{type.get(), &provider});
  }
}

const ProviderType* Registry::provider(std::string_view name) const {
  const auto found =
      std::find_if(providers_.begin(), providers_.end(), [&](const auto& provider) { return provider.name == name; });
  return found == providers_.end() ? nullptr : &*found;
}

const ResourceType* Registry::type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : found->second.type;
}

std::string_view Registry::provider_of(std::string_view type) const {
  const auto found = types_.find(type);
  return found == types_.end() ? std::string_view() : std::string_view(found->second.provider->name);
}

std::vector<std::string> Registry::type_names() const {
  std::vector<std::string> names;
  names.reserve(types_.size());
  for (const auto& [name, entry] : types_) names.push_back(name);
  return names;
}

}  // namespace nmx
