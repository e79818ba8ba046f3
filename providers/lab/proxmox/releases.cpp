#include "providers/lab/proxmox/releases.hpp"

#include <algorithm>
#include <array>
#include <charconv>

// What differs between releases of Proxmox VE. Source: the schemas of 8.4 to 9.2.
namespace nmx::lab::proxmox {
namespace {

/// 9.1.4 → 901.
int number_of(std::string_view version) {
  int major = 0;
  int minor = 0;
  const auto dot = std::min(version.find('.'), version.size());
  std::from_chars(version.data(), version.data() + dot, major);
  if (dot < version.size()) std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return major * 100 + minor;
}

struct Arrival {
  std::string_view kind, name;
  int since;
};

constexpr std::array keys{Arrival{"net", "host-managed", 901}, Arrival{"mp", "keepattrs", 901},
                          Arrival{"mp", "idmap", 902}, Arrival{"rootfs", "idmap", 902}};
constexpr std::array options{Arrival{"", "entrypoint", 901}, Arrival{"", "env", 901}, Arrival{"", "ha-managed", 901}};

}  // namespace

std::optional<std::string> full_version(std::string_view release) {
  if (release == "8.4") return "8.4.14";
  if (release == "9.0") return "9.0.11";
  if (release == "9.1") return "9.1.9";
  if (release == "9.2") return "9.2.11";
  return std::nullopt;
}

bool knows_key(std::string_view version, std::string_view kind, std::string_view key) {
  return std::none_of(keys.begin(), keys.end(), [&](const auto& one) {
    return one.kind == kind && one.name == key && number_of(version) < one.since;
  });
}

bool knows_option(std::string_view version, std::string_view option) {
  return std::none_of(options.begin(), options.end(),
                      [&](const auto& one) { return one.name == option && number_of(version) < one.since; });
}

bool unprivileged_by_default(std::string_view version) { return number_of(version) >= 900; }

}  // namespace nmx::lab::proxmox
