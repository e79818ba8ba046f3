#pragma once

#include "planner/acting.hpp"
#include "planner/provider.hpp"

namespace nmx::proxmox {

/// `proxmox_container`: an LXC container.
///
/// Marks, VMIDs, MAC addresses and host keys are chosen while planning. In its normal form what `network` elements say
/// of `mac` stands in `macs` (interface → address), volume identifiers in `volumes` (`rootfs` or path → volume) and the
/// numbers of `netN`, `mpN`, `devN` in `slots` (`net:eth0`, `mp:/srv`, `dev:/dev/dri/card0` → N).
///
/// Actions: `start`, `stop`, `restart`; `snapshot` (`name`, `description`), `rollback` (`name`), `delete_snapshot`
/// (`name`), `snapshots` (answers with a list of these, each with `taken` in seconds since 1970), `vzdump` (`storage`).
class Container : public ResourceType, public Acting {
 public:
  Container();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  void check(const Checking& checking, Diagnostics& diagnostics) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;
  /// A volume of its own holds data; the root disk is made again from the template and the configuration.
  bool loses_data(const Object& known) const override;
  std::optional<OnChange> on_change(std::string_view path, const Value& before, const Value& after) const override;
  Operation act(const std::string& action, const Object& known, const Object& arguments) const override;

 private:
  Schema schema_;
};

/// The attributes and how they behave.
Schema container_schema();

/// Whether a container with these attributes can be made or changed only by root@pam itself, and because of which of
/// them (`mounts[/srv/films]`); empty: a token will do. `before`: what it is now, empty for a new one.
std::vector<std::string> root_only(const Object& before, const Object& after);

/// Whether each value is one that Proxmox takes, whatever the cluster is like.
void check_values(const Checking& checking, Diagnostics& diagnostics);

/// What a change of one element or object does, by what differs in it; `path` as in `AttributeChange`.
OnChange effect_of(std::string_view path, const Value& before, const Value& after);

}  // namespace nmx::proxmox
