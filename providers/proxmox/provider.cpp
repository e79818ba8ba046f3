#include "providers/proxmox/provider.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "planner/runtime/gather.hpp"
#include "providers/proxmox/client.hpp"
#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_work.hpp"
#include "providers/proxmox/examine.hpp"
#include "providers/proxmox/gather_facts.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/proxmox/template.hpp"
#include "providers/proxmox/template_work.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

constexpr std::string_view container_type = "proxmox_container";

std::int64_t vmid_of(const ObjectId& id) {
  return tolerant_integer(Value(id.id.substr(id.id.rfind('/') + 1))).value_or(0);
}

/// An object whose making was cut short has no identifier yet; what was planned says where it would be.
ObjectId identified(ObjectId id) {
  const Fields applied(id.applied);
  if (id.type == container_type && id.id.empty() && applied.integer("vmid"))
    id.id = guest_id(applied.text_or("node", ""), applied.integer_or("vmid", 0));
  return id;
}

Observed unreachable(std::string why) {
  Observed observed;
  observed.status = Observed::Status::unreachable;
  observed.why = std::move(why);
  return observed;
}

class Proxmox : public Provider, public Examining {
 public:
  Proxmox(Env& env, Access access, std::string seed)
      : client_(env, std::move(access)), seed_(std::move(seed)), containers_(client_, seed_), templates_(client_) {}

  Task<Result<Facts>> connect() override {
    auto gathering = gather_facts(&client_, seed_);
    co_return co_await gathering;
  }

  Task<std::vector<Finding>> examine(const Facts* facts) override {
    auto examining = proxmox::examine(&client_, facts);
    co_return co_await examining;
  }

  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override;
  Task<Result<std::vector<Occupied>>> survey() override;

  Task<Result<Answer>> execute(Operation operation) override {
    auto working = operation.type == container_type ? containers_.execute(std::move(operation))
                                                    : templates_.execute(std::move(operation));
    co_return co_await working;
  }
  Task<Result<Reconciled>> reconcile(Operation operation) override {
    auto working = operation.type == container_type ? containers_.reconcile(std::move(operation))
                                                    : templates_.reconcile(std::move(operation));
    co_return co_await working;
  }

 private:
  Task<Observed> read_one(ObjectId id, Guest guest);
  Task<std::map<std::int64_t, bool>> running_on(std::string node);

  Client client_;
  std::string seed_;
  ContainerWork containers_;
  TemplateWork templates_;
  std::set<std::int64_t> ours_;
  /// Without it, whose a marked guest is is not known, and it is taken for ours.
  bool has_read_ = false;
};

Call get(std::string path, std::string node = {}) {
  Call call;
  call.method = "GET";
  call.path = std::move(path);
  call.node = std::move(node);
  return call;
}

/// Exact states of a node's containers; the cluster-wide list is up to ten seconds old.
Task<std::map<std::int64_t, bool>> Proxmox::running_on(std::string node) {
  auto asking = client_.call(get(fmt::format("/nodes/{}/lxc", node), node));
  const auto reply = co_await asking;
  std::map<std::int64_t, bool> running;
  for (const auto& entry : elements(reply.data)) {
    const Fields fields(entry);
    running[fields.integer_or("vmid", 0)] = fields.text_or("status", "") == "running";
  }
  co_return running;
}

Task<Observed> Proxmox::read_one(ObjectId id, Guest guest) {
  // Not in the list: gone, or not to be seen by this login; the node it was on tells which.
  const auto slash = id.id.find('/');
  const auto named_node = slash == std::string::npos ? std::string() : id.id.substr(0, slash);
  const auto applied_node = Fields(id.applied).text_or("node", named_node);
  const auto node = guest.node.empty() ? applied_node : guest.node;
  if (node.empty() || vmid_of(id) == 0) co_return Observed{};
  auto observing = containers_.observe(std::move(id), node, guest.status == "running", guest.pool);
  co_return co_await observing;
}

/// N + 1 requests for N containers; one more for each node with a container whose state the cluster's list does not
/// know yet or tells otherwise than it was left.
Task<std::vector<Observed>> Proxmox::read(std::vector<ObjectId> ids) {
  has_read_ = true;
  for (auto& id : ids) id = identified(std::move(id));
  std::vector<Observed> observed(ids.size());
  std::vector<ObjectId> template_ids;
  bool any_container = false;
  for (const auto& id : ids) {
    if (id.type == container_type) any_container = true;
    if (id.type != container_type) template_ids.push_back(id);
  }
  Object guests;
  if (any_container) {
    auto call = get("/cluster/resources");
    call.form.set("type", "vm");
    auto asking = client_.call(std::move(call));
    const auto reply = co_await asking;
    if (!reply.ok()) {
      const auto why = to_error(reply).message;
      for (auto& one : observed) one = unreachable(why);
      co_return observed;
    }
    guests = read_guests(reply.data);
  }
  const Facts listed{{"guests", guests}};
  const Cluster cluster(listed);

  std::map<std::string, std::map<std::int64_t, bool>> exact;
  for (const auto& id : ids) {
    if (id.type != container_type) continue;
    const auto guest = cluster.guest(vmid_of(id));
    if (!guest) continue;
    const bool running = guest->status == "running";
    const bool doubtful = (guest->status != "running" && guest->status != "stopped") ||
                          (id.applied.contains("started") && Fields(id.applied).boolean_or("started", true) != running);
    if (doubtful) exact[guest->node];
  }
  std::vector<Task<std::map<std::int64_t, bool>>> asking_nodes;
  for (const auto& [node, states] : exact) asking_nodes.push_back(running_on(node));
  auto gathering_states = gather(std::move(asking_nodes));
  auto found_states = co_await gathering_states;
  std::size_t next_node = 0;
  for (auto& [node, states] : exact) states = std::move(found_states[next_node++]);

  std::vector<Task<Observed>> reading;
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < ids.size(); ++at) {
    if (ids[at].type != container_type) continue;
    const auto vmid = vmid_of(ids[at]);
    ours_.insert(vmid);
    auto guest = cluster.guest(vmid).value_or(Guest{});
    const auto states = exact.find(guest.node);
    if (states != exact.end() && states->second.count(vmid))
      guest.status = states->second.at(vmid) ? "running" : "stopped";
    reading.push_back(read_one(ids[at], std::move(guest)));
    places.push_back(at);
  }
  auto gathering = gather(std::move(reading));
  auto found = co_await gathering;
  for (std::size_t at = 0; at < places.size(); ++at) observed[places[at]] = std::move(found[at]);

  auto reading_templates = templates_.read(std::move(template_ids));
  auto templates = co_await reading_templates;
  std::size_t next = 0;
  for (std::size_t at = 0; at < ids.size(); ++at) {
    if (ids[at].type != container_type) observed[at] = std::move(templates[next++]);
  }
  co_return observed;
}

void occupy_addresses(const Guest& guest, const Value& config, std::vector<Occupied>& occupied) {
  const auto* options = config.object();
  if (!options) return;
  for (const auto& [name, value] : *options) {
    const bool container = name.rfind("net", 0) == 0;
    if (!container && name.rfind("ipconfig", 0) != 0) continue;
    const auto parts = parse_property_string(tolerant_text(value).value_or(""), container ? "" : "ip");
    for (const std::string_view key : {"ip", "ip6"}) {
      const auto address = parts.text_or(key, "");
      const auto slash = address.find('/');
      if (slash != std::string::npos) occupied.push_back({"ip", address.substr(0, slash), guest.title()});
    }
  }
}

/// One request, and one for each guest that is not nmx's.
Task<Result<std::vector<Occupied>>> Proxmox::survey() {
  auto call = get("/cluster/resources");
  call.form.set("type", "vm");
  auto asking = client_.call(std::move(call));
  const auto reply = co_await asking;
  if (!reply.ok()) co_return to_error(reply);
  const Facts listed{{"guests", read_guests(reply.data)}};
  std::vector<Guest> strangers;
  std::vector<Task<Reply>> reading;
  for (auto& guest : Cluster(listed).guests()) {
    const auto& tags = guest.tags;
    const bool marked = std::any_of(tags.begin(), tags.end(), is_mark);
    const bool elsewhere =
        std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return is_mark_elsewhere(tag, seed_); });
    if (ours_.count(guest.vmid) || (marked && !elsewhere && !has_read_)) continue;
    const std::string_view kind = guest.type == "qemu" ? "qemu" : "lxc";
    reading.push_back(
        client_.call(get(fmt::format("/nodes/{}/{}/{}/config", guest.node, kind, guest.vmid), guest.node)));
    strangers.push_back(std::move(guest));
  }
  auto gathering = gather(std::move(reading));
  const auto configs = co_await gathering;
  std::vector<Occupied> occupied;
  for (std::size_t at = 0; at < strangers.size(); ++at) {
    occupied.push_back({"proxmox.vmid", std::to_string(strangers[at].vmid), strangers[at].title()});
    if (configs[at].ok()) occupy_addresses(strangers[at], configs[at].data, occupied);
  }
  co_return occupied;
}

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, Env& env) {
  auto access = read_settings(settings.settings);
  if (!access) return access.error();
  auto seed = settings.derive ? settings.derive("proxmox") : std::string();
  return std::unique_ptr<Provider>(std::make_unique<Proxmox>(env, *std::move(access), std::move(seed)));
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "proxmox";
  type.settings = settings_interface();
  type.types = {std::make_shared<Container>(), std::make_shared<Template>()};
  type.make = make;
  return type;
}

}  // namespace nmx::proxmox
