#pragma once

#include "planner/plan.hpp"
#include "tests/planner/plan/things.hpp"

namespace nmx::test {

inline AttributeChange becomes(std::string path, Value before, Value after, ChangeClass danger = ChangeClass::live) {
  AttributeChange change;
  change.path = std::move(path);
  change.before = std::move(before);
  change.after = std::move(after);
  change.danger = danger;
  return change;
}

inline PlanEntry entry(const char* owner, const char* address, Action action, ChangeClass danger, const char* place,
                       std::size_t ordinal) {
  PlanEntry made;
  made.change.address = at(address);
  made.change.type = "lxc";
  made.change.provider = "proxmox";
  made.change.action = action;
  made.change.danger = danger;
  made.owner = at(owner);
  made.title = place[0] == '\0' ? address : owner;
  for (auto& letter : made.title) {
    if (letter == '.' && place[0] != '\0') letter = ' ';
  }
  made.place = place;
  made.ordinal = ordinal;
  return made;
}

/// A plan with everything that a plan can hold.
inline Plan sample_plan() {
  constexpr std::int64_t gib = 1LL << 30;
  Plan plan;
  plan.nmx_version = "0.1";
  plan.site = "homelab";
  plan.environment = "prod";
  plan.lineage = "0b6c2a52";
  plan.serial = 7;
  plan.configuration_digest = "c0ffee";
  plan.objects_read = 38;
  plan.read_ms = 410;
  plan.observed_digests[at("container.media.lxc")] = "d1";

  Drift drift;
  drift.address = at("container.media.lxc");
  drift.attributes = {becomes("cores", 4, 8)};
  plan.drift.push_back(drift);
  drift.address = at("container.lost.lxc");
  drift.gone = true;
  drift.attributes.clear();
  plan.drift.push_back(drift);

  auto media = entry("container.media", "container.media.lxc", Action::update, ChangeClass::restart, "site.nmx:21", 1);
  media.downtime_ms = 20'400;
  media.change.attributes = {
      becomes("memory", Bytes{2 * gib}, Bytes{4 * gib}),
      becomes("cores", 8, 4),
      becomes("mounts[/srv]", Null{}, Object{{"source", "/tank/films"}, {"read_only", true}}, ChangeClass::restart),
      becomes("password", Value("old-canary").as_secret(), Value("new-canary").as_secret()),
      becomes("description", "one", "two\nlines \x1b[31mred"),
  };
  media.change.attributes[1].undoes_drift = true;
  plan.entries.push_back(media);

  auto vault =
      entry("service.vaultwarden", "service.vaultwarden.lxc", Action::create, ChangeClass::create, "site.nmx:33", 2);
  vault.change.after =
      Object{{"vmid", 115}, {"node", "pve2"},           {"network", List{Object{{"ip", "192.168.50.31"}}}},
             {"cores", 1},  {"memory", Bytes{gib / 2}}, {"disk", Object{{"size", Bytes{8 * gib}}}}};
  vault.dependencies = {at("container.media.lxc")};
  vault.protect = true;
  plan.entries.push_back(vault);

  auto base = entry("container.db", "container.db.lxc", Action::replace, ChangeClass::data_loss, "site.nmx:40", 3);
  base.change.reason = "`unprivileged` cannot be changed in place";
  base.change.attributes = {becomes("unprivileged", false, true, ChangeClass::replace)};
  plan.entries.push_back(base);

  auto old = entry("container.old.lxc", "container.old.lxc", Action::destroy, ChangeClass::destroy, "", 0);
  old.change.before = Object{{"vmid", 120}, {"node", "pve1"}};
  old.change.reason = "it is not in the configuration any more";
  plan.entries.push_back(old);

  Operation operation;
  operation.address = at("service.vaultwarden.lxc");
  operation.verb = "create";
  operation.summary = "create CT 115 on pve2";
  operation.arguments = Object{{"volume", hole("container.media.lxc", "volume")},
                               {"password", Value("argument-canary").as_secret()},
                               {"size", Bytes{gib}}};
  operation.conflicts = {"guest:115"};
  operation.elevated = true;
  operation.completes = true;
  plan.operations.push_back(operation);

  plan.unreachable.push_back({at("container.attic.lxc"), "attic.lan does not answer"});
  plan.outputs["url"] = {"https://vault.example.com", "where it is"};
  plan.outputs["token"] = {Value("output-canary").as_secret(), ""};
  plan.allocations["ip"]["192.168.50.31"] = {"service.vaultwarden.lxc", 0};
  StateObject record;
  record.type = "lxc";
  record.id = "pve1/130";
  plan.refreshed[at("container.renamed.lxc")] = record;
  plan.imported = {{at("container.printer.lxc"), "pve1/120"}};
  plan.moved = {{at("container.named.lxc"), at("container.renamed.lxc")}};
  plan.forgotten = {at("container.legacy.lxc"), at("container.named.lxc")};
  plan.imported = {{at("container.printer.lxc"), "pve1/120"}};
  plan.inputs = {"env HOME"};
  plan.warnings = {"CT 120 runs an old release"};
  return plan;
}

}  // namespace nmx::test
