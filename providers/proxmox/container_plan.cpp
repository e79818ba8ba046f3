#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_options.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

/// Creations on one storage that may run at once: its allocation lock makes more of them wait until they fail.
constexpr std::int64_t lanes_a_storage = 3;

const Object& inner(const Object& object, std::string_view name) {
  static const Object nothing;
  const auto* found = object.at_or_null(name).object();
  return found ? *found : nothing;
}

const Object* element_of(const Object& object, std::string_view list, std::string_view identity,
                         std::string_view name) {
  for (const auto& element : elements(object.at_or_null(list))) {
    if (Fields(element).text_or(identity, "") == name) return element.object();
  }
  return nullptr;
}

bool same_but_size(Object a, Object b) {
  a.erase("size");
  b.erase("size");
  return a == b;
}

/// Makes the steps of one change.
class Steps {
 public:
  explicit Steps(const Change& change)
      : change_(change), before_(change.before), after_(change.after), vmid_(Fields(alive()).integer_or("vmid", 0)) {}

  std::vector<Operation> take() {
    switch (change_.action) {
      case Action::none:
      case Action::forget: break;
      case Action::create: create(); break;
      case Action::update: update(); break;
      case Action::replace:
        destroy();
        create();
        break;
      case Action::destroy: destroy(); break;
    }
    if (!operations_.empty()) {
      auto& last = operations_.back();
      last.completes = true;
      if (change_.action != Action::destroy) last.arguments.set("wanted", after_);
    }
    return std::move(operations_);
  }

 private:
  const Object& alive() const { return after_.empty() ? before_ : after_; }
  std::string node() const { return Fields(before_).text_or("node", Fields(after_).text_or("node", "")); }

  Operation& add(std::string verb, ChangeClass danger, std::string summary,
                 const std::optional<std::int64_t>& timeout) {
    Operation operation;
    operation.address = change_.address;
    operation.type = change_.type;
    operation.provider = change_.provider;
    operation.verb = std::move(verb);
    operation.danger = danger;
    operation.summary = std::move(summary);
    operation.timeout_ms = timeout.value_or(operation.timeout_ms);
    operation.conflicts.push_back(fmt::format("guest:{}", vmid_));
    operation.arguments.set("vmid", vmid_);
    operation.arguments.set("node", node());
    return operations_.emplace_back(std::move(operation));
  }

  void storage_conflict(Operation& operation, std::string_view storage) {
    if (!storage.empty()) operation.conflicts.push_back(fmt::format("storage:{}/{}", storage, vmid_ % lanes_a_storage));
  }

  void create() {
    const auto vmid = Fields(after_).integer_or("vmid", 0);
    const auto target = Fields(after_).text_or("node", "");
    auto& operation =
        add("create", ChangeClass::create, fmt::format("create CT {} on {}", vmid, target), change_.timeouts.create);
    operation.arguments = Object{{"wanted", after_}};
    operation.conflicts[0] = fmt::format("guest:{}", vmid);
    operation.key = std::to_string(vmid);
    operation.elevated = !root_only({}, after_).empty();
    storage_conflict(operation, Fields(inner(after_, "disk")).text_or("storage", ""));
  }

  void destroy() {
    const auto vmid = Fields(before_).integer_or("vmid", 0);
    auto& operation = add("destroy", ChangeClass::destroy, fmt::format("destroy CT {} on {}", vmid, node()),
                          change_.timeouts.destroy);
    operation.arguments.set("vmid", vmid);
    operation.conflicts[0] = fmt::format("guest:{}", vmid);
  }

  /// Only what the plan shows is done: differences that it ignores are none.
  bool differs(std::string_view attribute) const {
    return std::any_of(change_.attributes.begin(), change_.attributes.end(), [&](const AttributeChange& one) {
      return std::string_view(one.path).substr(0, one.path.find_first_of("[.")) == attribute;
    });
  }

  void update() {
    running_ = Fields(before_).boolean_or("started", false);
    const bool shall_run = Fields(after_).boolean_or("started", running_);
    plan_disk();
    plan_mounts();
    plan_network();
    plan_devices();
    plan_scalars();

    bool stopped_by_us = false;
    if (!moves_.empty() && running_) {
      add("stop", ChangeClass::restart, fmt::format("stop CT {} to move its disks", vmid_), change_.timeouts.update);
      stopped_by_us = true;
    }
    for (const auto& [volume, storage] : moves_) {
      auto& move = add("move_volume", ChangeClass::restart,
                       fmt::format("move {} of CT {} to {}", volume, vmid_, storage), change_.timeouts.update);
      move.arguments.set("volume", volume);
      move.arguments.set("storage", storage);
      storage_conflict(move, storage);
    }
    configure();
    for (const auto& [volume, size] : growths_) {
      auto& resize =
          add("resize", ChangeClass::live, fmt::format("grow {} of CT {} to {}", volume, vmid_, size_text(size.count)),
              change_.timeouts.update);
      resize.arguments.set("disk", volume);
      resize.arguments.set("size", size);
    }
    if (differs("pool")) {
      auto& move = add("set_pool", ChangeClass::live,
                       fmt::format("put CT {} into pool `{}`", vmid_, Fields(after_).text_or("pool", "")),
                       change_.timeouts.update);
      move.arguments.set("pool", after_.at_or_null("pool"));
      move.arguments.set("from", before_.at_or_null("pool"));
    }
    const bool runs_now = running_ && !stopped_by_us;
    const auto here = Fields(after_).text_or("node", node());
    const bool moves_live = differs("node") && runs_now;
    if (differs("node")) {
      auto& move = add("migrate", moves_live ? ChangeClass::restart : ChangeClass::live,
                       fmt::format("move CT {} to {}{}", vmid_, here, moves_live ? ", restarting it" : ""),
                       change_.timeouts.update);
      move.arguments.set("target", here);
      move.arguments.set("restart", moves_live);
    }
    if (shall_run && !runs_now) {
      add("start", ChangeClass::live, fmt::format("start CT {}", vmid_), change_.timeouts.update);
      operations_.back().arguments.set("node", here);
    } else if (!shall_run && runs_now) {
      add("stop", ChangeClass::restart, fmt::format("stop CT {}", vmid_), change_.timeouts.update);
      operations_.back().arguments.set("node", here);
    } else if (runs_now && (restarts_ || unplugged_ || differs("pending")) && !moves_live) {
      auto& restart =
          add("restart", ChangeClass::restart, fmt::format("restart CT {}", vmid_), change_.timeouts.update);
      // What somebody else left waiting may be gone once it is set back: then nothing has to restart.
      restart.arguments.set("only_if_pending", differs("pending") && !unplugged_);
    }
    if (operations_.empty())
      add("remember", ChangeClass::none, fmt::format("note what was said of CT {}", vmid_), change_.timeouts.update);
  }

  void plan_disk() {
    if (!differs("disk")) return;
    changed_.insert("disk");
    volume_change("rootfs", "rootfs", inner(before_, "disk"), inner(after_, "disk"), "disk");
  }

  /// A volume that exists and shall be otherwise: moved, grown, or mounted with other options.
  void volume_change(const std::string& option, const std::string& volume_name, const Object& old_one, Object new_one,
                     const std::string& kind) {
    const auto old_storage = Fields(old_one).text_or("storage", "");
    const auto new_storage = Fields(new_one).text_or("storage", "");
    const bool moves = old_storage != new_storage;
    if (moves) moves_.emplace_back(option, new_storage);
    const auto* old_size = std::get_if<Bytes>(&old_one.at_or_null("size").held);
    const auto* new_size = std::get_if<Bytes>(&new_one.at_or_null("size").held);
    if (new_size && (!old_size || new_size->count > old_size->count)) growths_.emplace_back(option, *new_size);
    auto flags_before = old_one;
    auto flags_after = new_one;
    flags_before.erase("storage");
    flags_after.erase("storage");
    if (same_but_size(flags_before, flags_after)) return;
    // Options are written around the volume that is there; its size is what it has.
    if (old_size) new_one.set("size", *old_size);
    // A volume that was moved has another name by then: it is looked up.
    new_one.set("existing", moves ? Value("") : inner(before_, "volumes").at_or_null(volume_name));
    put(kind, option, std::move(new_one));
    restarts_ = true;
  }

  void plan_mounts() {
    if (!differs("mounts")) return;
    each_difference(
        "mounts", "path", "mp",
        [&](const std::string& path, const std::string& option, const Object* old_one, const Object* new_one) {
          if (!new_one) {
            erase(option);
            restarts_ = true;
          } else if (!old_one) {
            put("mounts", option, *new_one);
          } else if (old_one->contains("size") && new_one->contains("size")) {
            volume_change(option, path, *old_one, *new_one, "mounts");
          } else {
            put("mounts", option, *new_one);
            restarts_ = true;
          }
        });
  }

  void plan_network() {
    if (!differs("network") && !differs("macs")) return;
    each_difference(
        "network", "name", "net",
        [&](const std::string& name, const std::string& option, const Object* old_one, const Object* new_one) {
          if (!new_one) {
            erase(option);
            restarts_ = restarts_ || slot_of(option).number > 9;  // only one digit is unplugged live
            return;
          }
          auto element = *new_one;
          if (const auto* mac = inner(after_, "macs").find(name)) element.set("mac", *mac);
          put("network", option, std::move(element));
          if (old_one) unplugged_ = unplugged_ || effect_of("network[]", *old_one, *new_one) == OnChange::restart;
        });
  }

  void plan_devices() {
    if (!differs("devices")) return;
    each_difference("devices", "path", "dev",
                    [&](const std::string&, const std::string& option, const Object* old_one, const Object* new_one) {
                      if (new_one) {
                        put("devices", option, *new_one);
                      } else {
                        erase(option);
                      }
                      restarts_ = restarts_ || old_one;
                    });
  }

  /// Calls back for every element that comes, goes or changes, with the option that it stands in: the slot it has, or
  /// the lowest free one.
  template <typename Callback>
  void each_difference(std::string_view list, std::string_view identity, std::string_view option, Callback&& callback) {
    const auto& slots = inner(before_, "slots");
    std::set<std::int64_t> taken;
    for (const auto& [name, number] : slots) {
      if (name.rfind(fmt::format("{}:", option), 0) == 0) taken.insert(tolerant_integer(number).value_or(-1));
    }
    std::set<std::string> names;
    for (const auto* side : {&before_, &after_}) {
      for (const auto& element : elements(side->at_or_null(list))) names.insert(Fields(element).text_or(identity, ""));
    }
    for (const auto& name : names) {
      const auto* old_one = element_of(before_, list, identity, name);
      const auto* new_one = element_of(after_, list, identity, name);
      const bool other_mac = list == "network" && new_one &&
                             !(inner(before_, "macs").at_or_null(name) == inner(after_, "macs").at_or_null(name));
      if (old_one && new_one && *old_one == *new_one && !other_mac) continue;
      std::int64_t number = 0;
      if (const auto known = tolerant_integer(slots.at_or_null(fmt::format("{}:{}", option, name)))) {
        number = *known;
      } else {
        while (taken.count(number)) ++number;
        taken.insert(number);
      }
      changed_.insert(fmt::format("{}[{}]", list, name));
      callback(name, fmt::format("{}{}", option, number), old_one, new_one);
    }
  }

  void plan_scalars() {
    for (const auto& scalar : scalar_options()) {
      if (!differs(scalar.attribute)) continue;
      const auto& value = after_.at_or_null(scalar.attribute);
      if (!contains_hole(value) && scalar_text(scalar, value).empty()) {
        erase(std::string(scalar.option));
      } else {
        set_.set(std::string(scalar.attribute), value);
      }
      changed_.insert(std::string(scalar.attribute));
      restarts_ = restarts_ || scalar.at_start;
    }
    for (const std::string_view name : {"features", "startup"}) {
      if (!differs(name)) continue;
      if (inner(after_, name).empty()) {
        erase(std::string(name));
      } else {
        set_.set(std::string(name), after_.at_or_null(name));
      }
      changed_.insert(std::string(name));
      restarts_ = restarts_ || name == "features";
    }
    if (differs("tags") || differs("mark")) {
      set_.set("tags", after_.contains("tags") ? after_.at_or_null("tags") : before_.at_or_null("tags"));
      set_.set("mark", after_.at_or_null("mark"));
      changed_.insert("tags");
    }
  }

  void put(const std::string& kind, const std::string& option, Object element) {
    auto elements_of_kind = inner(set_, kind);
    elements_of_kind.set(option, std::move(element));
    set_.set(kind, std::move(elements_of_kind));
  }
  void erase(std::string option) { delete_.emplace_back(std::move(option)); }

  void configure() {
    if (set_.empty() && delete_.empty()) return;
    std::string what;
    for (const auto& name : changed_) what += (what.empty() ? "" : ", ") + name;
    auto& operation =
        add("configure", ChangeClass::live, fmt::format("configure CT {}: {}", vmid_, what), change_.timeouts.update);
    operation.arguments.set("set", set_);
    operation.arguments.set("delete", delete_);
    operation.elevated = !root_only(before_, after_).empty();
  }

  const Change& change_;
  const Object& before_;
  const Object& after_;
  std::int64_t vmid_;
  bool running_ = false;
  /// Something waits for the next start, and the server says so.
  bool restarts_ = false;
  /// Something is read only at the start without the server saying so: what an interface is plugged in with.
  bool unplugged_ = false;
  std::vector<std::pair<std::string, std::string>> moves_;
  std::vector<std::pair<std::string, Bytes>> growths_;
  Object set_;
  List delete_;
  std::set<std::string> changed_;
  std::vector<Operation> operations_;
};

}  // namespace

Result<std::vector<Operation>> Container::operations(const Change& change, const Facts&) const {
  return Steps(change).take();
}

}  // namespace nmx::proxmox
