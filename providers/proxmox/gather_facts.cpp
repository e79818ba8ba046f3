#include "providers/proxmox/gather_facts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "planner/runtime/gather.hpp"
#include "providers/proxmox/cluster.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

List texts(std::string_view text, std::string_view separators) {
  List list;
  for (auto& part : split_list(text, separators)) list.emplace_back(std::move(part));
  return list;
}

Call get(std::string path, std::string node = {}) {
  Call call;
  call.method = "GET";
  call.path = std::move(path);
  call.node = std::move(node);
  return call;
}

/// Nodes by `GET /cluster/status`, which knows addresses, or by the resources where the login may not ask that.
Object read_nodes(const Reply& status, const Value& resources) {
  Object nodes;
  if (status.ok()) {
    for (const auto& entry : elements(status.data)) {
      const Fields fields(entry);
      if (fields.text_or("type", "") != "node") continue;
      nodes.set(fields.text_or("name", ""),
                Object{{"online", fields.boolean_or("online", false)}, {"address", fields.text_or("ip", "")}});
    }
    if (!nodes.empty()) return nodes;
  }
  for (const auto& entry : elements(resources)) {
    const Fields fields(entry);
    if (fields.text_or("type", "") != "node") continue;
    nodes.set(fields.text_or("node", ""),
              Object{{"online", fields.text_or("status", "") == "online"}, {"address", ""}});
  }
  return nodes;
}

Object read_storages(const Value& resources) {
  std::map<std::string, Object> by_node;
  for (const auto& entry : elements(resources)) {
    const Fields fields(entry);
    if (fields.text_or("type", "") != "storage") continue;
    const auto all = std::max<std::int64_t>(fields.integer_or("maxdisk", 0), 0);
    const auto free = all - std::clamp<std::int64_t>(fields.integer_or("disk", 0), 0, all);
    by_node[fields.text_or("node", "")].set(fields.text_or("storage", ""),
                                            Object{{"content", texts(fields.text_or("content", ""), ",")},
                                                   {"free", free},
                                                   {"active", fields.text_or("status", "") == "available"},
                                                   {"shared", fields.boolean_or("shared", false)}});
  }
  Object storages;
  for (auto& [node, entries] : by_node) storages.set(node, std::move(entries));
  return storages;
}

void learn(Client& client, const Reply& status) {
  std::map<std::string, std::string> addresses;
  std::string answered_by;
  for (const auto& entry : elements(status.data)) {
    const Fields fields(entry);
    if (fields.text_or("type", "") != "node") continue;
    addresses[fields.text_or("name", "")] = fields.text_or("ip", "");
    if (fields.boolean_or("local", false)) answered_by = fields.text_or("name", "");
  }
  client.learn_nodes(addresses, answered_by);
}

/// What more has to be asked: the bridges of a node or the templates of a storage.
struct Question {
  Call call;
  std::string section;
  std::vector<std::string> nodes;
};

std::vector<Question> questions(const Facts& facts) {
  const Cluster cluster(facts);
  std::vector<Question> asked;
  std::map<std::string, std::size_t> shared;
  for (const auto& node : cluster.nodes()) {
    if (!cluster.online(node)) continue;
    auto bridges = get(fmt::format("/nodes/{}/network", node), node);
    bridges.form.set("type", "any_bridge");
    asked.push_back({std::move(bridges), "bridges", {node}});
    for (const auto& name : cluster.storages(node)) {
      const auto storage = cluster.storage(node, name);
      if (!storage || !storage->active || !storage->holds("vztmpl")) continue;
      if (storage->shared) {
        const auto known = shared.find(name);
        if (known != shared.end()) {
          asked[known->second].nodes.push_back(node);
          continue;
        }
        shared[name] = asked.size();
      }
      auto content = get(fmt::format("/nodes/{}/storage/{}/content", node, name), node);
      content.form.set("content", "vztmpl");
      asked.push_back({std::move(content), "templates", {node}});
    }
  }
  return asked;
}

void note(Facts& facts, const Question& question, const Reply& reply) {
  if (!reply.ok()) return;  // not known: the checks then leave it to the server
  Object section;
  if (const auto* known = facts.at_or_null(question.section).object()) section = *known;
  for (const auto& node : question.nodes) {
    List list = elements(section.at_or_null(node));
    for (const auto& entry : elements(reply.data)) {
      const Fields fields(entry);
      if (auto name = fields.text(question.section == "bridges" ? "iface" : "volid"))
        list.emplace_back(*std::move(name));
    }
    section.set(node, std::move(list));
  }
  facts.set(question.section, std::move(section));
}

}  // namespace

Object read_guests(const Value& resources) {
  Object guests;
  for (const auto& entry : elements(resources)) {
    const Fields fields(entry);
    const auto vmid = fields.integer("vmid");
    if (!vmid) continue;
    guests.set(std::to_string(*vmid), Object{{"node", fields.text_or("node", "")},
                                             {"name", fields.text_or("name", "")},
                                             {"type", fields.text_or("type", "")},
                                             {"status", fields.text_or("status", "")},
                                             {"pool", fields.text_or("pool", "")},
                                             {"tags", texts(fields.text_or("tags", ""), ";, ")}});
  }
  return guests;
}

Task<Result<Facts>> gather_facts(Client* client, std::string seed) {
  Facts facts;
  auto asking_version = client->call(get("/version"));
  const auto version = co_await asking_version;
  if (!version.ok()) co_return to_error(version);

  std::vector<Task<Reply>> first;
  first.push_back(client->call(get("/access/permissions")));
  first.push_back(client->call(get("/cluster/status")));
  first.push_back(client->call(get("/cluster/resources")));
  auto gathering = gather(std::move(first));
  const auto replies = co_await gathering;
  const auto& permissions = replies[0];
  const auto& status = replies[1];
  const auto& resources = replies[2];
  if (!resources.ok()) co_return to_error(resources);

  facts.set("version", Fields(version.data).text_or("version", ""));
  facts.set("root", client->access().can_be_root());
  facts.set("seed", Value(seed).as_secret());
  if (permissions.ok() && permissions.data.is_object()) facts.set("permissions", permissions.data);
  facts.set("nodes", read_nodes(status, resources.data));
  facts.set("guests", read_guests(resources.data));
  facts.set("storages", read_storages(resources.data));
  if (status.ok()) learn(*client, status);

  const auto more = questions(facts);
  std::vector<Task<Reply>> second;
  for (const auto& question : more) second.push_back(client->call(question.call));
  auto gathering_more = gather(std::move(second));
  const auto answers = co_await gathering_more;
  for (std::size_t at = 0; at < more.size(); ++at) note(facts, more[at], answers[at]);
  co_return facts;
}

}  // namespace nmx::proxmox
