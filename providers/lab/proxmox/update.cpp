#include "providers/lab/proxmox/update.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

/// Taken at once, whether the container runs or not.
const std::set<std::string>& always_live() {
  static const std::set<std::string> options{"cores",  "description", "hookscript", "hostname", "lock",
                                             "onboot", "protection",  "startup",    "tags",     "memory",
                                             "swap",   "cpulimit",    "cpuunits"};
  return options;
}

bool is_drive(const std::string& option) { return option == "rootfs" || property_kind(option) == "mp"; }

std::string value_text(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  if (!value.is_array()) return value.dump();
  std::string joined;
  for (const auto& element : value) joined += (joined.empty() ? "" : ",") + value_text(element);
  return joined;
}

/// One line, single blanks between what was listed.
std::string with_blanks(std::string_view text) {
  std::string joined;
  for (const auto& part : split_list(text)) joined += (joined.empty() ? "" : " ") + part;
  return joined;
}

class Updating {
 public:
  Updating(World& world, int vmid, Update update)
      : world_(world), vmid_(vmid), guest_(world.guests.at(vmid)), config_(guest_.config), update_(std::move(update)) {}

  void run() {
    for (const auto& option : update_.revert) config_.pending.erase(option), config_.pending_delete.erase(option);
    for (const auto& option : update_.remove) check_removal(option);
    for (const auto& option : update_.remove) remove(option);
    for (const auto& [option, value] : update_.set.items()) set(option, value_text(value));
    drop_idle_pending();
    for (const auto& volume : freed_) {
      const auto* known = world_.volume(volume, guest_.node);
      if (known != nullptr && known->vmid == vmid_ && !is_in_use(volume)) world_.free_volume(volume, guest_.node);
    }
    if (!(config_ == guest_.config)) world_.changed = true;
    guest_.config = std::move(config_);
    if (bridge_missing_) throw Refused{500, fmt::format("bridge '{}' does not exist", *bridge_missing_)};
  }

 private:
  bool is_protected() const {
    const auto found = config_.current.find("protection");
    return found != config_.current.end() && found->second == "1";
  }

  void check_removal(const std::string& option) const {
    static const std::set<std::string> required{"rootfs", "memory", "ostype"};
    if (option == "unprivileged") throw Refused{500, "unable to delete read-only option: 'unprivileged'"};
    if (required.contains(option)) throw Refused{500, fmt::format("unable to delete required option '{}'", option)};
    if (is_protected() && (is_drive(option) || property_kind(option) == "unused")) {
      throw Refused{500, fmt::format("can't remove CT {} drive '{}' - protection mode enabled", vmid_, option)};
    }
  }

  /// Whether the configuration still names a volume that it gives up elsewhere.
  bool is_in_use(const std::string& volume) const {
    const auto names_it = [&](const auto& one) {
      const auto kind = property_kind(one.first);
      return (is_drive(one.first) || kind == "unused") && volume_of(one.first, one.second) == volume;
    };
    return std::any_of(config_.current.begin(), config_.current.end(), names_it) ||
           std::any_of(config_.snapshots.begin(), config_.snapshots.end(), [&](const auto& snapshot) {
             return std::any_of(snapshot.second.begin(), snapshot.second.end(), names_it);
           });
  }

  /// Whether a change of the running container waits for its next start.
  bool waits(const std::string& option, bool removing) const {
    if (!guest_.running) return false;
    const auto kind = property_kind(option);
    const bool is_new = !config_.current.contains(option);
    if (always_live().contains(option) || kind == "unused") return false;
    // The server's pattern for interfaces that can go at once knows one digit.
    if (kind == "net") return removing && option.size() > 4;
    if (kind == "mp" || kind == "dev") return removing || !is_new;
    return true;
  }

  void remove(const std::string& option) {
    if (waits(option, true)) {
      config_.pending.erase(option);
      if (config_.current.contains(option)) config_.pending_delete[option] = false;
      return;
    }
    config_.pending.erase(option);
    const auto found = config_.current.find(option);
    if (found == config_.current.end()) return;
    const auto kind = property_kind(option);
    if (kind == "mp") keep_unused(found->second, option);
    if (kind == "unused") freed_.push_back(found->second);
    config_.current.erase(option);
  }

  /// The volume of a mount point that goes stays, as `unusedN`.
  void keep_unused(const std::string& text, const std::string& option) {
    const auto parsed = parse_property_string(property_kind(option), option, text).values;
    const auto volume = parsed.find("volume");
    if (volume == parsed.end() || volume->second.empty() || volume->second.front() == '/') return;
    for (int number = 0; number < 256; ++number) {
      const auto name = fmt::format("unused{}", number);
      if (config_.current.contains(name)) continue;
      config_.current[name] = volume->second;
      return;
    }
  }

  std::string normalised(const std::string& option, const std::string& value) {
    if (option == "tags") return normalise_tags(value);
    if (option == "nameserver" || option == "searchdomain") return with_blanks(value);
    if (option == "description") {
      auto text = value;
      while (!text.empty() && text.back() == '\n') text.pop_back();
      return text.empty() ? "" : text + "\n";
    }
    if (option == "cpuunits" && !value.empty()) return std::to_string(std::min(std::stoll(value), 10000LL));
    return value;
  }

  void check_network(const std::string& option, const std::string& text) {
    const auto parsed = parse_property_string("net", option, text).values;
    const auto value = [&](const char* key) {
      const auto found = parsed.find(key);
      return found == parsed.end() ? std::string() : found->second;
    };
    if (value("host-managed") == "1" && value("ip6") == "auto") {
      throw Refused{500, fmt::format("{}: SLAAC is not supported for host-managed network configuration.", option)};
    }
    const auto& bridges = world_.nodes.at(guest_.node).bridges;
    const auto bridge = bridges.find(value("bridge"));
    if (!value("mtu").empty() && !value("bridge").empty()) {
      if (bridge == bridges.end()) throw Refused{500, fmt::format("bridge '{}' does not exist", value("bridge"))};
      if (std::stoi(value("mtu")) > bridge->second) {
        throw Refused{
            500, fmt::format("{}: MTU size '{}' is bigger than bridge MTU '{}'", option, value("mtu"), bridge->second)};
      }
    }
    if (bridge != bridges.end()) return;
    if (guest_.running) {
      throw Refused{
          400,
          "Parameter verification failed.",
          {{option, fmt::format("unable to hotplug {}: bridge '{}' does not exist\n", option, value("bridge"))}}};
    }
    // A stopped container's change is stored all the same, and the request fails.
    bridge_missing_ = value("bridge");
  }

  void check_device(const std::string& option, const std::string& text) const {
    const auto parsed = parse_property_string("dev", option, text).values;
    const auto path = parsed.find("path");
    if (path == parsed.end()) throw Refused{500, "Path has to be defined"};
    if (!world_.nodes.at(guest_.node).devices.contains(path->second)) {
      throw Refused{500, fmt::format("Device {} does not exist", path->second)};
    }
  }

  void set(const std::string& option, const std::string& given) {
    if (option == "unprivileged") throw Refused{500, "unable to modify read-only option: 'unprivileged'"};
    if (option != "description" && option != "tags" && given.find('\n') != std::string::npos) {
      throw Refused{500, fmt::format("detected invalid newline inside property '{}'", option)};
    }
    if (is_protected() && is_drive(option)) {
      throw Refused{500, fmt::format("can't update CT {} drive '{}' - protection mode enabled", vmid_, option)};
    }
    const auto kind = property_kind(option);
    if (option == "hookscript" && given.find(":snippets/") == std::string::npos) {
      throw Refused{500, fmt::format("'{}' is not in the snippets directory", given)};
    }
    if (option == "hookscript" && world_.volume(given, guest_.node) == nullptr)
      throw Refused{500, fmt::format("script '{}' does not exist", given)};
    if (kind == "net") check_network(option, given);
    if (kind == "dev") check_device(option, given);
    if (kind == "mp" && given.empty()) throw Refused{500, "format error"};
    const auto value = normalised(option, given);
    config_.pending_delete.erase(option);
    if (waits(option, false)) {
      if (kind == "mp") check_storage(option, value);
      config_.pending[option] = value.empty() ? " " : value;
      return;
    }
    config_.pending.erase(option);
    if (value.empty()) {
      if (option == "description") {
        config_.current.erase(option);
      } else {
        config_.current[option] = " ";
      }
      return;
    }
    put(option, value);
  }

  void check_storage(const std::string& option, const std::string& text) const {
    const auto parsed = parse_property_string("mp", option, text).values;
    const auto volume = parsed.find("volume");
    if (volume == parsed.end() || volume->second.front() == '/') return;
    const auto storage = volume->second.substr(0, volume->second.find(':'));
    if (!world_.storages.contains(storage)) throw Refused{500, fmt::format("storage '{}' does not exist", storage)};
  }

  void put(const std::string& option, const std::string& value) {
    const auto kind = property_kind(option);
    if (kind == "net") {
      config_.current[option] = complete_network(world_, option, value);
    } else if (kind == "mp") {
      const auto old = config_.current.find(option);
      const auto placed = place_volume(world_, vmid_, guest_.node, option, value);
      if (old != config_.current.end() && volume_of(option, old->second) != volume_of(option, placed)) {
        keep_unused(old->second, option);
      }
      config_.current[option] = placed;
    } else {
      config_.current[option] = value;
    }
  }

  static std::string volume_of(const std::string& option, const std::string& text) {
    return parse_property_string(property_kind(option), option, text).values["volume"];
  }

  /// A pending value that is what is in force already waits for nothing.
  void drop_idle_pending() {
    std::erase_if(config_.pending, [&](const auto& one) {
      const auto current = config_.current.find(one.first);
      return current != config_.current.end() && current->second == one.second;
    });
    std::erase_if(config_.pending_delete, [&](const auto& one) { return !config_.current.contains(one.first); });
  }

  World& world_;
  int vmid_;
  Guest& guest_;
  GuestConfig config_;
  Update update_;
  std::vector<std::string> freed_;
  std::optional<std::string> bridge_missing_;
};

}  // namespace

std::string normalise_tags(std::string_view tags) {
  std::set<std::string> unique;
  for (auto tag : split_list(tags)) {
    std::transform(tag.begin(), tag.end(), tag.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    unique.insert(std::move(tag));
  }
  std::string joined;
  for (const auto& tag : unique) joined += (joined.empty() ? "" : ";") + tag;
  return joined;
}

void update_config(World& world, int vmid, Update update) { Updating(world, vmid, std::move(update)).run(); }

void apply_pending(World& world, int vmid) {
  auto& guest = world.guests.at(vmid);
  if (guest.config.pending.empty() && guest.config.pending_delete.empty()) return;
  Update update;
  for (const auto& [option, value] : guest.config.pending) update.set[option] = value;
  for (const auto& [option, forced] : guest.config.pending_delete) update.remove.push_back(option);
  guest.config.pending.clear();
  guest.config.pending_delete.clear();
  const bool ran = std::exchange(guest.running, false);
  update_config(world, vmid, std::move(update));
  guest.running = ran;
  world.changed = true;
}

}  // namespace nmx::lab::proxmox
