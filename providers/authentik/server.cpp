#include "providers/authentik/server.hpp"

#include <fmt/core.h>

#include "planner/diff.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

std::string_view section_of(Names names) {
  if (names == Names::flow) return "flows";
  if (names == Names::certificate) return "certificates";
  return {};
}

}  // namespace

const Object& Server::section(std::string_view name) const {
  static const Object none;
  const auto* found = facts_->at_or_null(name).object();
  return found ? *found : none;
}

std::optional<Release> Server::release() const { return parse_release(Fields(*facts_).text_or("release", "")); }

std::string Server::seed() const { return Fields(*facts_).text_or("seed", ""); }

bool Server::has(Names names, const std::string& name) const {
  const auto part = section_of(names);
  if (part.empty() || !facts_->contains(part)) return true;
  return section(part).contains(name);
}

std::vector<std::string> Server::all(Names names) const {
  std::vector<std::string> found;
  for (const auto& [name, there] : section(section_of(names))) found.push_back(name);
  return found;
}

const Object& Server::mappings() const { return section("mappings"); }

std::optional<Existing> Server::existing(const Model& model, const Object& wanted) const {
  const auto* listed = section("objects").at_or_null(model.type).object();
  if (!listed) return std::nullopt;
  const auto* found = listed->at_or_null(key_text(model, wanted)).object();
  if (!found) return std::nullopt;
  const Fields fields(*found);
  const auto* real = found->at_or_null("real").object();
  return Existing{fields.text_or("id", ""), fields.text_or("mark", ""), real ? *real : Object{}};
}

std::string key_text(const Model& model, const Object& object) {
  std::string text;
  for (const auto& name : model.key) {
    text += tolerant_text(object.at_or_null(name)).value_or("");
    text += '\n';
  }
  return text;
}

std::string mark_of(const Address& address, std::string_view seed) {
  return to_hex(hmac_sha256(seed, "authentik " + to_string(address)).substr(0, 4));
}

bool is_as_wanted(const Model& model, const Object& wanted, const Object& real) {
  for (const auto& attribute : model.attributes) {
    const auto* value = wanted.find(attribute.name());
    if (!value || value->is_null() || attribute.rule.write_only || !attribute.interface.settable) continue;
    if (contains_hole(*value)) return false;
    if (!same(*value, real.at_or_null(attribute.name()), attribute.interface.type)) return false;
  }
  return true;
}

}  // namespace nmx::authentik
