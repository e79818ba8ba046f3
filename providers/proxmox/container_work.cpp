#include "providers/proxmox/container_work.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_form.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

std::string node_of(const Operation& operation) { return Fields(operation.arguments).text_or("node", ""); }
std::int64_t vmid_of(const Operation& operation) { return Fields(operation.arguments).integer_or("vmid", 0); }
Milliseconds limit_of(const Operation& operation) { return Milliseconds{operation.timeout_ms}; }

Object normal_form(const Object& attributes) {
  static const Container type;
  return type.normalise(attributes, {});
}

/// Attributes that no server gives back, taken from what was wanted.
void carry_over(Object& attributes, const Object& wanted) {
  static const Schema schema = container_schema();
  for (const auto& [name, value] : wanted) {
    const bool write_only = schema.rule(name).write_only;
    if (write_only) attributes.set(name, value);
  }
}

}  // namespace

Call guest_call(std::string method, std::string_view below, const Operation& operation) {
  const Fields fields(operation.arguments);
  Call call;
  call.method = std::move(method);
  call.node = fields.text_or("node", "");
  call.path = fmt::format("/nodes/{}/lxc/{}{}", call.node, fields.integer_or("vmid", 0), below);
  call.elevated = operation.elevated;
  return call;
}

std::string guest_id(std::string_view node, std::int64_t vmid) { return fmt::format("{}/{}", node, vmid); }

Task<Reply> ContainerWork::pending(std::string node, std::int64_t vmid) {
  Call call;
  call.method = "GET";
  call.path = fmt::format("/nodes/{}/lxc/{}/pending", node, vmid);
  call.node = std::move(node);
  auto asking = client_->call(std::move(call));
  auto reply = co_await asking;
  if (reply.ok()) digests_[vmid] = read_pending(reply.data).digest;
  co_return reply;
}

Task<Observed> ContainerWork::observe(ObjectId id, std::string node, bool running, std::string pool) {
  const auto number = id.id.substr(id.id.rfind('/') + 1);
  const auto vmid = tolerant_integer(Value(number)).value_or(0);
  auto asking = pending(node, vmid);
  const auto reply = co_await asking;
  Observed observed;
  observed.id = guest_id(node, vmid);
  if (!reply.ok()) {
    if (is_absent(reply, number)) co_return observed;
    observed.status = Observed::Status::unreachable;
    observed.why = to_error(reply).message;
    co_return observed;
  }
  const auto config = read_pending(reply.data);
  auto attributes = observed_attributes(config, id.applied);

  // A number can be given to another guest once ours is gone.
  const Fields applied(id.applied);
  const auto mark = applied.text("mark");
  const bool same = !mark || attributes.at_or_null("mark") == Value(*mark) ||
                    attributes.at_or_null("hostname") == id.applied.at_or_null("hostname") ||
                    attributes.at_or_null("macs") == id.applied.at_or_null("macs");
  if (!same) co_return observed;

  attributes.set("vmid", vmid);
  attributes.set("node", node);
  attributes.set("started", running);
  if (!running) attributes.set("pending", List{});
  attributes.set("pool", pool);
  carry_over(attributes, id.applied);
  observed.status = Observed::Status::present;
  observed.attributes = normal_form(attributes);
  observed.digest = fmt::format("{} {} {} {}", config.digest, running ? "running" : "stopped", observed.id, pool);
  co_return observed;
}

Task<Result<Answer>> ContainerWork::read_back(Operation operation) {
  const auto* wanted_value = operation.arguments.find("wanted");
  const Object wanted = wanted_value && wanted_value->object() ? *wanted_value->object() : Object{};
  const Fields fields(wanted);
  const auto node = fields.text_or("node", node_of(operation));
  const auto vmid = fields.integer_or("vmid", vmid_of(operation));
  auto asking = pending(node, vmid);
  const auto reply = co_await asking;
  if (!reply.ok()) co_return to_error(reply);
  const bool running = fields.boolean_or("started", true);
  auto attributes = observed_attributes(read_pending(reply.data), wanted);
  attributes.set("vmid", vmid);
  attributes.set("node", node);
  attributes.set("started", running);
  if (!running) attributes.set("pending", List{});
  attributes.set("pool", fields.text_or("pool", ""));
  carry_over(attributes, wanted);
  Answer answer;
  answer.attributes = normal_form(attributes);
  answer.id = guest_id(node, vmid);
  co_return answer;
}

void ContainerWork::warn(const Operation& operation, const TaskEnd& end) {
  auto& notes = warnings_[operation.id];
  for (const auto& warning : end.warnings) notes.push_back(fmt::format("{}: {}", operation.summary, warning));
}

Task<Status> ContainerWork::dispatch(Operation operation) {
  // clang-format off
  static const std::map<std::string, Outcome (ContainerWork::*)(Operation), std::less<>> verbs = {
      {"create", &ContainerWork::create},       {"configure", &ContainerWork::configure},
      {"resize", &ContainerWork::resize},       {"move_volume", &ContainerWork::move_volume},
      {"migrate", &ContainerWork::migrate},     {"start", &ContainerWork::start},
      {"stop", &ContainerWork::stop},           {"restart", &ContainerWork::restart},
      {"set_pool", &ContainerWork::set_pool},   {"destroy", &ContainerWork::destroy},
      {"snapshot", &ContainerWork::snapshot},   {"rollback", &ContainerWork::rollback},
      {"vzdump", &ContainerWork::vzdump},       {"delete_snapshot", &ContainerWork::delete_snapshot},
  };
  // clang-format on
  if (operation.verb == "remember") co_return Done{};
  const auto verb = verbs.find(operation.verb);
  if (verb == verbs.end())
    co_return Error{fmt::format("`{}` is not something that is done to a container", operation.verb)};
  auto working = (this->*verb->second)(std::move(operation));
  co_return co_await working;
}

Task<Result<Answer>> ContainerWork::execute(Operation operation) {
  if (operation.verb == "snapshots") {
    auto listing = snapshots(std::move(operation));
    co_return co_await listing;
  }
  auto working = dispatch(operation);
  auto done = co_await working;
  if (!done) co_return done.error();
  Answer answer;
  if (operation.completes && operation.verb != "destroy") {
    auto reading = read_back(operation);
    auto read = co_await reading;
    if (!read) co_return read.error();
    answer = *std::move(read);
  }
  const auto notes = warnings_.find(operation.id);
  if (notes != warnings_.end()) {
    answer.notes = std::move(notes->second);
    warnings_.erase(notes);
  }
  co_return answer;
}

Task<Status> ContainerWork::run_task(Call call, Operation operation, std::string reached) {
  const bool elevated = call.elevated;
  const Deadline deadline(client_->env(), limit_of(operation));
  Backoff backoff(Milliseconds{500}, Milliseconds{5'000});
  for (int lost = 0;;) {
    auto asking = client_->call(call);
    const auto reply = co_await asking;
    if (reply.ok()) {
      const auto upid = tolerant_text(reply.data).value_or("");
      if (upid.empty()) co_return Done{};
      auto waiting = client_->wait_for_task(upid, elevated, limit_of(operation));
      auto end = co_await waiting;
      if (end) {
        warn(operation, *end);
        co_return Done{};
      }
      if (!reached.empty() && end.error().message.find(reached) != std::string::npos) co_return Done{};
      // A task that only waited for a lock did nothing.
      const auto wait = backoff.wait(client_->env().random());
      if (end.error().message.find("got timeout") != std::string::npos && deadline.allows(wait)) {
        auto pause = client_->env().sleep(wait);
        co_await pause;
        continue;
      }
      co_return Error{fmt::format("{}: {}", reply.asked, end.error().message), end.error().help};
    }
    if (!reached.empty() && reply.says(reached)) co_return Done{};
    // What the sender is told to reach can be asked for again: it is then reached already.
    if (reply.kind != Reply::Kind::lost || ++lost > 3) co_return to_error(reply);
    auto pause = client_->env().sleep(backoff.wait(client_->env().random()));
    co_await pause;
  }
}

Task<Status> ContainerWork::configure(Operation operation) {
  const auto vmid = vmid_of(operation);
  Options now;
  if (digests_[vmid].empty() || needs_present_configuration(operation.arguments)) {
    auto asking = pending(node_of(operation), vmid);
    const auto reply = co_await asking;
    if (!reply.ok()) co_return to_error(reply);
    now = read_pending(reply.data).configured;
  }
  for (int attempt = 1;; ++attempt) {
    auto call = guest_call("PUT", "/config", operation);
    call.form = update_form(operation.arguments, now);
    call.form.set("digest", digests_[vmid]);
    auto asking = client_->call(std::move(call));
    const auto reply = co_await asking;
    if (reply.ok()) break;
    const bool again = is_conflict(reply) || reply.kind == Reply::Kind::lost;
    if (!again || attempt >= 3) co_return to_error(reply);
    auto reading = pending(node_of(operation), vmid);
    const auto read = co_await reading;
    if (!read.ok()) co_return to_error(read);
    now = read_pending(read.data).configured;
    if (reply.kind != Reply::Kind::lost) continue;
    // The answer was lost. A new mount that is there by now must not be made a second time.
    const auto* set_value = operation.arguments.find("set");
    Object set = set_value && set_value->object() ? *set_value->object() : Object{};
    const auto* mounts = set.at_or_null("mounts").object();
    if (!mounts) continue;
    Object missing;
    for (const auto& [option, element] : *mounts) {
      if (now.count(option) == 0 || Fields(element).text("existing")) missing.set(option, element);
    }
    set.set("mounts", std::move(missing));
    operation.arguments.set("set", std::move(set));
  }
  digests_.erase(vmid);
  co_return Done{};
}

Task<Status> ContainerWork::resize(Operation operation) {
  auto call = guest_call("PUT", "/resize", operation);
  const auto* size = std::get_if<Bytes>(&operation.arguments.at_or_null("size").held);
  call.form.set("disk", Fields(operation.arguments).text_or("disk", ""));
  call.form.set("size", size_text(size ? size->count : 0));
  digests_.erase(vmid_of(operation));
  auto working = run_task(std::move(call), std::move(operation), "disk is already at specified size");
  co_return co_await working;
}

Task<Status> ContainerWork::move_volume(Operation operation) {
  const auto volume = Fields(operation.arguments).text_or("volume", "");
  const auto storage = Fields(operation.arguments).text_or("storage", "");
  auto asking = pending(node_of(operation), vmid_of(operation));
  const auto reply = co_await asking;
  if (!reply.ok()) co_return to_error(reply);
  const auto config = read_pending(reply.data);
  const auto option = config.configured.find(volume);
  if (option != config.configured.end() &&
      storage_of(parse_property_string(option->second, "volume").text_or("volume", "")) == storage)
    co_return Done{};
  auto call = guest_call("POST", "/move_volume", operation);
  call.form.set("volume", volume);
  call.form.set("storage", storage);
  call.form.set("delete", true);
  digests_.erase(vmid_of(operation));
  auto working = run_task(std::move(call), std::move(operation), "");
  co_return co_await working;
}

}  // namespace nmx::proxmox
