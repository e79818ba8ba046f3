#include <fmt/core.h>

#include <algorithm>

#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/first_boot.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

constexpr std::string_view vmid_space = "proxmox.vmid";
constexpr std::int64_t first_vmid = 100;
constexpr std::int64_t last_vmid = 999'999'999;

bool has_tag(const Guest& guest, std::string_view tag) {
  return std::find(guest.tags.begin(), guest.tags.end(), tag) != guest.tags.end();
}

/// The guest that carries this mark: an earlier run made it and its answer was lost.
std::optional<Guest> marked_guest(const Cluster& cluster, std::string_view mark) {
  for (auto& guest : cluster.guests()) {
    if (has_tag(guest, mark)) return std::move(guest);
  }
  return std::nullopt;
}

Result<std::int64_t> claimed(const Deciding& deciding, std::int64_t vmid) {
  auto done = deciding.allocator.claim(vmid_space, std::to_string(vmid), to_string(deciding.address));
  if (!done) return done.error();
  return vmid;
}

Result<std::int64_t> decide_vmid(const Deciding& deciding, const Cluster& cluster, std::string_view mark) {
  const auto owner = to_string(deciding.address);
  if (const auto written = Fields(deciding.wanted).integer("vmid")) return claimed(deciding, *written);
  if (deciding.applied) {
    const auto applied = Fields(*deciding.applied);
    const auto vmid = applied.integer("vmid");
    const auto guest = vmid ? cluster.guest(*vmid) : std::nullopt;
    const bool a_stranger =
        guest && !has_tag(*guest, mark) && !guest->name.empty() && guest->name != applied.text_or("hostname", "");
    if (vmid && !a_stranger) return claimed(deciding, *vmid);
  }
  if (const auto ours = marked_guest(cluster, mark)) return claimed(deciding, ours->vmid);
  std::int64_t candidate = first_vmid;
  auto allocated = deciding.allocator.allocate(vmid_space, owner, [&]() -> std::optional<std::string> {
    while (candidate <= last_vmid && cluster.guest(candidate)) ++candidate;
    if (candidate > last_vmid) return std::nullopt;
    return std::to_string(candidate++);
  });
  if (!allocated) return allocated.error();
  return tolerant_integer(Value(*allocated)).value_or(first_vmid);
}

/// Whether a container with these wishes could live on a node.
bool fits(const Object& wanted, const Cluster& cluster, std::string_view node) {
  if (!cluster.online(node)) return false;
  const Fields disk(wanted.at_or_null("disk"));
  const auto storage = cluster.storage(node, disk.text_or("storage", ""));
  if (!storage || !storage->active || !storage->holds("rootdir")) return false;
  if (const auto* size = std::get_if<Bytes>(&disk.at("size").held); size && storage->free < size->count) return false;
  const auto source = cluster.storage(node, storage_of(Fields(wanted).text_or("template", "")));
  if (!source) return false;
  if (const auto bridges = cluster.bridges(node)) {
    for (const auto& element : elements(wanted.at_or_null("network"))) {
      const auto bridge = Fields(element).text("bridge");
      if (bridge && std::find(bridges->begin(), bridges->end(), *bridge) == bridges->end()) return false;
    }
  }
  return true;
}

Result<std::string> decide_node(const Deciding& deciding, const Cluster& cluster, std::int64_t vmid,
                                std::string_view mark) {
  if (deciding.applied) {
    // A guest is where it is: someone may have moved it.
    if (const auto guest = cluster.guest(vmid)) return guest->node;
    if (auto node = Fields(*deciding.applied).text("node"); node && cluster.online(*node)) return *std::move(node);
  }
  if (const auto ours = marked_guest(cluster, mark)) return ours->node;
  std::vector<std::string> nodes;
  for (auto& node : cluster.nodes()) {
    if (fits(deciding.wanted, cluster, node)) nodes.push_back(std::move(node));
  }
  if (nodes.empty()) {
    for (auto& node : cluster.nodes()) {  // the checks then tell what is missing there
      if (cluster.online(node)) nodes.push_back(std::move(node));
    }
  }
  if (nodes.empty()) return Error{"no node of the cluster is online"};
  // By the address, so that containers spread and each plan chooses alike, before a site has a state too.
  const auto digest = sha256(to_string(deciding.address));
  return nodes[static_cast<unsigned char>(digest[0]) % nodes.size()];
}

Object decide_macs(const Deciding& deciding, std::string_view mark, std::string_view seed) {
  Object macs;
  const auto* applied = deciding.applied ? deciding.applied->at_or_null("macs").object() : nullptr;
  for (const auto& element : elements(deciding.wanted.at_or_null("network"))) {
    const Fields fields(element);
    const auto name = fields.text_or("name", "");
    if (auto written = fields.text("mac")) {
      macs.set(name, *std::move(written));
    } else if (const auto* kept = applied ? applied->find(name) : nullptr) {
      macs.set(name, *kept);
    } else {
      macs.set(name, mac_of(mark, name, seed));
    }
  }
  return macs;
}

}  // namespace

Result<Object> Container::decide(const Deciding& deciding) const {
  const Cluster cluster(deciding.facts);
  const auto seed = cluster.seed();
  Object decided;
  auto mark = mark_of(deciding.address, seed);
  if (deciding.applied) mark = Fields(*deciding.applied).text_or("mark", mark);
  decided.set("mark", mark);
  decided.set("pending", List{});

  auto vmid = decide_vmid(deciding, cluster, mark);
  if (!vmid) return vmid.error();
  decided.set("vmid", *vmid);
  if (!deciding.wanted.contains("node")) {
    auto node = decide_node(deciding, cluster, *vmid, mark);
    if (!node) return node.error();
    decided.set("node", *std::move(node));
  }
  if (!contains_hole(deciding.wanted.at_or_null("network"))) decided.set("macs", decide_macs(deciding, mark, seed));

  auto host_key = host_public_key(deciding.wanted, mark, seed);
  if (!host_key) return host_key.error();
  if (!host_key->empty()) decided.set("host_public_key", *std::move(host_key));
  return decided;
}

}  // namespace nmx::proxmox
