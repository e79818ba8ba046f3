#include "providers/proxmox/guest_config.hpp"

#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {

GuestConfig read_pending(const Value& json) {
  GuestConfig config;
  for (const auto& entry : elements(json)) {
    const Fields fields(entry);
    const auto key = fields.text_or("key", "");
    const auto value = fields.text("value");
    if (key == "digest") {
      config.digest = value.value_or("");
      continue;
    }
    if (key == "lock") config.lock = value.value_or("");
    if (value) config.active[key] = config.configured[key] = *value;
    const auto pending = fields.text("pending");
    const bool goes = fields.integer_or("delete", 0) != 0;
    if (pending) config.configured[key] = *pending;
    if (goes) config.configured.erase(key);
    if (pending || goes) config.pending.push_back(key);
  }
  return config;
}

Object observed_attributes(const GuestConfig& config, const Object& like) {
  auto object = from_options(config.configured, like);
  object.set("pending", List(config.pending.begin(), config.pending.end()));
  return object;
}

}  // namespace nmx::proxmox
