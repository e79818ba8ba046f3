#include "providers/proxmox/container_form.hpp"

#include <fmt/core.h>

#include "providers/proxmox/first_boot.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

const Object& inner(const Object& object, std::string_view name) {
  static const Object nothing;
  const auto* found = object.at_or_null(name).object();
  return found ? *found : nothing;
}

void set_unless_empty(Form& form, std::string_view name, std::string text) {
  if (!text.empty()) form.set(name, std::move(text));
}

/// The volume an option has now; empty where it has none.
std::string present_volume(const Options& now, std::string_view option) {
  const auto found = now.find(option);
  return found == now.end() ? "" : parse_property_string(found->second, "volume").text_or("volume", "");
}

std::string volume_option(const Object& element, const Options& now, std::string_view option, bool root) {
  std::string volume;
  if (const auto existing = Fields(element).text("existing"))
    volume = existing->empty() ? present_volume(now, option) : *existing;
  return root ? disk_text(element, volume) : mount_text(element, volume);
}

}  // namespace

Form creation_form(const Object& wanted, std::string_view mark, std::string_view seed) {
  const Fields fields(wanted);
  Form form;
  form.set("vmid", fields.integer_or("vmid", 0));
  form.set("ostemplate", fields.text_or("template", ""));
  form.set("rootfs", disk_text(inner(wanted, "disk"), ""));
  form.set("unprivileged", fields.boolean_or("unprivileged", true));
  for (const auto& scalar : scalar_options()) {
    const auto& value = wanted.at_or_null(scalar.attribute);
    if (!value.is_null()) set_unless_empty(form, scalar.option, scalar_text(scalar, value));
  }
  set_unless_empty(form, "features", features_text(inner(wanted, "features")));
  set_unless_empty(form, "startup", startup_text(inner(wanted, "startup")));
  form.set("tags", tags_text(elements(wanted.at_or_null("tags")), mark));

  int slot = 0;
  for (const auto& element : elements(wanted.at_or_null("network"))) {
    if (!element.object()) continue;
    const auto mac = Fields(inner(wanted, "macs")).text_or(Fields(element).text_or("name", ""), "");
    form.set(fmt::format("net{}", slot++), network_text(*element.object(), mac));
  }
  slot = 0;
  for (const auto& element : elements(wanted.at_or_null("mounts"))) {
    if (element.object()) form.set(fmt::format("mp{}", slot++), mount_text(*element.object(), ""));
  }
  slot = 0;
  for (const auto& element : elements(wanted.at_or_null("devices"))) {
    if (element.object()) form.set(fmt::format("dev{}", slot++), device_text(*element.object()));
  }
  set_unless_empty(form, "pool", fields.text_or("pool", ""));
  if (auto password = fields.text("password")) form.set_secret("password", *std::move(password));
  if (auto keys = authorized_keys(wanted, mark, seed); !keys.empty()) {
    // The comment may carry the host key.
    if (fields.boolean_or("first_boot", false)) {
      form.set_secret("ssh-public-keys", std::move(keys));
    } else {
      form.set("ssh-public-keys", std::move(keys));
    }
  }
  if (fields.boolean_or("started", true)) form.set("start", true);
  return form;
}

bool needs_present_configuration(const Object& arguments) {
  for (const std::string_view kind : {"disk", "mounts"}) {
    for (const auto& [option, element] : inner(inner(arguments, "set"), kind)) {
      const auto existing = Fields(element).text("existing");
      if (existing && existing->empty()) return true;
    }
  }
  return false;
}

Form update_form(const Object& arguments, const Options& now) {
  const auto& set = inner(arguments, "set");
  Form form;
  for (const auto& scalar : scalar_options()) {
    const auto& value = set.at_or_null(scalar.attribute);
    if (!value.is_null()) set_unless_empty(form, scalar.option, scalar_text(scalar, value));
  }
  set_unless_empty(form, "features", features_text(inner(set, "features")));
  set_unless_empty(form, "startup", startup_text(inner(set, "startup")));
  if (const auto mark = Fields(set).text("mark")) form.set("tags", tags_text(elements(set.at_or_null("tags")), *mark));
  for (const auto& [option, element] : inner(set, "network")) {
    if (element.object()) form.set(option, network_text(*element.object(), Fields(element).text_or("mac", "")));
  }
  for (const auto& [option, element] : inner(set, "disk")) {
    if (element.object()) form.set(option, volume_option(*element.object(), now, option, true));
  }
  for (const auto& [option, element] : inner(set, "mounts")) {
    if (element.object()) form.set(option, volume_option(*element.object(), now, option, false));
  }
  for (const auto& [option, element] : inner(set, "devices")) {
    if (element.object()) form.set(option, device_text(*element.object()));
  }
  std::string gone;
  for (const auto& option : elements(arguments.at_or_null("delete"))) {
    if (const auto* name = option.string()) gone += (gone.empty() ? "" : ",") + *name;
  }
  set_unless_empty(form, "delete", std::move(gone));
  return form;
}

}  // namespace nmx::proxmox
