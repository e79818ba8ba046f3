#include "providers/dns/served.hpp"

#include <algorithm>

#include "providers/support/json_fields.hpp"

namespace nmx::dns {

Served::Served(const Facts& facts) : facts_(&facts), known_(facts.contains("zones")) {
  if (!known_) return;
  for (const auto& [zone, names] : *facts.at_or_null("zones").object()) zones_.push_back(zone);
}

std::string Served::kind() const { return Fields(*facts_).text_or("kind", ""); }
std::string Served::owner() const { return Fields(*facts_).text_or("owner", ""); }
bool Served::flag(std::string_view name) const { return Fields(*facts_).boolean_or(name, true); }

bool Served::takes(std::string_view type) const {
  const auto& types = elements(facts_->at_or_null("types"));
  return !known_ || std::any_of(types.begin(), types.end(), [&](const Value& one) { return one == Value(type); });
}

bool Served::serves(std::string_view zone) const {
  return std::find(zones_.begin(), zones_.end(), zone) != zones_.end();
}

std::map<std::string, std::string> Served::at(std::string_view zone, std::string_view name) const {
  std::map<std::string, std::string> found;
  const Fields zones(facts_->at_or_null("zones"));
  const auto* types = Fields(zones.at(zone)).at(name).object();
  if (types == nullptr) return found;
  for (const auto& [type, mark] : *types) found.emplace(type, tolerant_text(mark).value_or(""));
  return found;
}

Facts facts_of(std::string kind, std::string owner, const Abilities& abilities,
               const std::map<std::string, Zone>& zones) {
  std::vector<Object::Entry> packed;
  for (const auto& [name, zone] : zones) {
    std::vector<Object::Entry> names;
    for (auto at = zone.begin(); at != zone.end();) {
      const auto& record = at->first.name;
      Object types;
      for (; at != zone.end() && at->first.name == record; ++at) types.set(at->first.type, at->second.mark);
      names.emplace_back(record, std::move(types));
    }
    packed.emplace_back(name, Object::from(std::move(names)));
  }
  return Facts{{"kind", std::move(kind)},
               {"owner", std::move(owner)},
               {"types", List(abilities.types.begin(), abilities.types.end())},
               {"ttl", abilities.ttl},
               {"reverse", abilities.reverse},
               {"proxied", abilities.proxied},
               {"marks", abilities.marks},
               {"zones", Object::from(std::move(packed))}};
}

}  // namespace nmx::dns
