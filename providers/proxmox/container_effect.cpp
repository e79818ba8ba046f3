#include <algorithm>
#include <set>

#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_options.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

std::set<std::string> differing(const Object& before, const Object& after) {
  std::set<std::string> names;
  for (const auto& [name, value] : before) {
    if (!(after.at_or_null(name) == value)) names.insert(name);
  }
  for (const auto& [name, value] : after) {
    if (!(before.at_or_null(name) == value)) names.insert(name);
  }
  return names;
}

OnChange volume_effect(const Object& before, const Object& after) {
  const auto names = differing(before, after);
  if (names.empty() || names == std::set<std::string>{"size"}) {
    const auto* old_size = std::get_if<Bytes>(&before.at_or_null("size").held);
    const auto* new_size = std::get_if<Bytes>(&after.at_or_null("size").held);
    return old_size && new_size && new_size->count < old_size->count ? OnChange::forbidden : OnChange::live;
  }
  return OnChange::restart;
}

OnChange network_effect(const Object& before, const Object& after) {
  for (const auto& name : differing(before, after)) {
    // The interface is plugged again for all else; these two are read when the container starts.
    if (name != "mtu" && name != "trunks") return OnChange::live;
  }
  return OnChange::restart;
}

OnChange element_effect(std::string_view list, const Value& before, const Value& after) {
  if (before.is_null() || !before.object()) return OnChange::live;  // hot-plugged
  if (list == "network") return after.object() ? network_effect(*before.object(), *after.object()) : OnChange::live;
  if (!after.object()) return OnChange::restart;
  if (list == "mounts") return volume_effect(*before.object(), *after.object());
  return OnChange::restart;
}

const Value& element_named(const Value& list, std::string_view identity, std::string_view name) {
  static const Value nothing;
  for (const auto& element : elements(list)) {
    if (Fields(element).text_or(identity, "") == name) return element;
  }
  return nothing;
}

OnChange worst(OnChange a, OnChange b) { return static_cast<int>(a) >= static_cast<int>(b) ? a : b; }

OnChange list_effect(std::string_view list, std::string_view identity, const Value& before, const Value& after) {
  auto effect = OnChange::live;
  std::set<std::string> names;
  for (const auto* side : {&before, &after}) {
    for (const auto& element : elements(*side)) names.insert(Fields(element).text_or(identity, ""));
  }
  for (const auto& name : names) {
    const auto& old_one = element_named(before, identity, name);
    const auto& new_one = element_named(after, identity, name);
    if (!(old_one == new_one)) effect = worst(effect, element_effect(list, old_one, new_one));
  }
  return effect;
}

}  // namespace

OnChange effect_of(std::string_view path, const Value& before, const Value& after) {
  const auto bracket = path.find('[');
  const auto attribute = path.substr(0, std::min(bracket, path.find('.')));
  const bool element = bracket != std::string_view::npos;
  static const Object nothing;
  if (attribute == "disk") {
    return volume_effect(before.object() ? *before.object() : nothing, after.object() ? *after.object() : nothing);
  }
  if (attribute == "mounts" || attribute == "network" || attribute == "devices") {
    if (element) return element_effect(attribute, before, after);
    return list_effect(attribute, attribute == "network" ? "name" : "path", before, after);
  }
  if (attribute == "started") {
    const auto* runs = after.boolean();
    return runs && *runs ? OnChange::live : OnChange::restart;
  }
  return OnChange::live;
}

bool Container::loses_data(const Object& known) const {
  if (!elements(known.at_or_null("holds")).empty()) return true;
  const auto& mounts = elements(known.at_or_null("mounts"));
  return std::any_of(mounts.begin(), mounts.end(), [](const Value& mount) { return !Fields(mount).text("source"); });
}

std::optional<OnChange> Container::on_change(std::string_view path, const Value& before, const Value& after) const {
  for (const std::string_view special : {"disk", "mounts", "network", "devices", "started"}) {
    if (path.substr(0, special.size()) == special) return effect_of(path, before, after);
  }
  return std::nullopt;
}

std::vector<std::string> root_only(const Object& before, const Object& after) {
  std::vector<std::string> reasons;
  for (const auto& mount : elements(after.at_or_null("mounts"))) {
    const Fields fields(mount);
    const auto path = fields.text_or("path", "");
    if (fields.at("source").is_null()) continue;
    if (!(element_named(before.at_or_null("mounts"), "path", path) == mount)) reasons.push_back("mounts[" + path + "]");
  }
  const auto& devices = after.at_or_null("devices");
  if (devices.is_list() && !(before.at_or_null("devices") == devices) &&
      !(elements(devices).empty() && elements(before.at_or_null("devices")).empty()))
    reasons.push_back("devices");
  const auto& features = after.at_or_null("features");
  if (features.object()) {
    static const Object none;
    const auto* old_features = before.at_or_null("features").object();
    auto names = differing(old_features ? *old_features : none, *features.object());
    const bool privileged = !Fields(after).boolean_or("unprivileged", true);
    if (!privileged) names.erase("nesting");
    for (const auto& name : names) reasons.push_back("features." + name);
  }
  const auto& script = after.at_or_null("hookscript");
  if (!script.is_null() && !(before.at_or_null("hookscript") == script) &&
      !(before.empty() && Fields(after).text_or("hookscript", "").empty()))
    reasons.push_back("hookscript");
  return reasons;
}

}  // namespace nmx::proxmox
