#include <fmt/core.h>

#include <algorithm>

#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_work.hpp"
#include "providers/support/json_fields.hpp"

// What is done to a container that is no change of it.
namespace nmx::proxmox {
namespace {

/// A full copy of a container with much data takes hours.
constexpr std::int64_t vzdump_timeout_ms = 12 * 3'600'000;

Object numbered(const Object& known, const Object& arguments) {
  auto all = arguments;
  const Fields fields(known);
  all.set("vmid", fields.integer_or("vmid", 0));
  all.set("node", fields.text_or("node", ""));
  all.set("running", fields.boolean_or("started", false));
  return all;
}

std::string summary_of(const std::string& action, const Object& arguments) {
  const Fields fields(arguments);
  const auto guest = fmt::format("CT {} on {}", fields.integer_or("vmid", 0), fields.text_or("node", ""));
  if (action == "rollback") return fmt::format("take {} back to {}", guest, fields.text_or("name", ""));
  if (action == "snapshot") return fmt::format("take snapshot {} of {}", fields.text_or("name", ""), guest);
  if (action == "delete_snapshot") return fmt::format("delete snapshot {} of {}", fields.text_or("name", ""), guest);
  if (action == "vzdump") return fmt::format("back up {} to {}", guest, fields.text_or("storage", ""));
  return fmt::format("{} {}", action, guest);
}

std::string name_of(const Operation& operation) { return Fields(operation.arguments).text_or("name", ""); }

}  // namespace

Operation Container::act(const std::string& action, const Object& known, const Object& arguments) const {
  Operation operation;
  operation.type = schema_.interface.type;
  operation.verb = action;
  operation.arguments = numbered(known, arguments);
  operation.summary = summary_of(action, operation.arguments);
  if (action == "vzdump") operation.timeout_ms = vzdump_timeout_ms;
  return operation;
}

Task<Result<Answer>> ContainerWork::snapshots(Operation operation) {
  auto asking = client_->call(guest_call("GET", "/snapshot", operation));
  const auto reply = co_await asking;
  if (!reply.ok()) co_return to_error(reply);
  List found;
  for (const auto& entry : elements(reply.data)) {
    const Fields fields(entry);
    if (fields.text_or("name", "") == "current") continue;  // stands for the present
    auto description = fields.text_or("description", "");
    while (!description.empty() && description.back() == '\n') description.pop_back();
    found.emplace_back(Object{{"name", fields.text_or("name", "")},
                              {"description", std::move(description)},
                              {"taken", fields.integer_or("snaptime", 0)}});
  }
  const auto taken = [](const Value& one) { return Fields(one).integer_or("taken", 0); };
  std::stable_sort(found.begin(), found.end(), [&](const Value& a, const Value& b) { return taken(a) < taken(b); });
  Answer answer;
  answer.attributes.set("snapshots", std::move(found));
  co_return answer;
}

Task<Status> ContainerWork::snapshot(Operation operation) {
  const auto name = name_of(operation);
  auto listing = snapshots(operation);
  const auto there = co_await listing;
  if (!there) co_return there.error();
  for (const auto& one : elements(there->attributes.at_or_null("snapshots"))) {
    if (Fields(one).text_or("name", "") == name)
      co_return Error{fmt::format("there is a snapshot `{}` already", name), "give it another name"};
  }
  auto call = guest_call("POST", "/snapshot", operation);
  call.form.set("snapname", name);
  if (const auto description = Fields(operation.arguments).text_or("description", ""); !description.empty())
    call.form.set("description", description);
  // There was none of that name: one that is there after a lost answer is ours.
  auto working = run_task(std::move(call), std::move(operation), fmt::format("'{}' already used", name));
  auto done = co_await working;
  if (!done && done.error().message.find("snapshot feature is not available") != std::string::npos) {
    co_return Error{done.error().message,
                    "one of its disks lies where no snapshots can be taken: a directory, or a folder of the node"};
  }
  co_return done;
}

Task<Status> ContainerWork::rollback(Operation operation) {
  auto call = guest_call("POST", fmt::format("/snapshot/{}/rollback", name_of(operation)), operation);
  if (Fields(operation.arguments).boolean_or("running", false)) call.form.set("start", true);
  digests_.erase(Fields(operation.arguments).integer_or("vmid", 0));
  auto working = run_task(std::move(call), std::move(operation), "");
  co_return co_await working;
}

Task<Status> ContainerWork::delete_snapshot(Operation operation) {
  auto call = guest_call("DELETE", fmt::format("/snapshot/{}", name_of(operation)), operation);
  auto working = run_task(std::move(call), std::move(operation), "");
  co_return co_await working;
}

Task<Status> ContainerWork::vzdump(Operation operation) {
  const Fields fields(operation.arguments);
  Call call;
  call.method = "POST";
  call.node = fields.text_or("node", "");
  call.path = fmt::format("/nodes/{}/vzdump", call.node);
  call.form.set("vmid", fields.integer_or("vmid", 0));
  call.form.set("storage", fields.text_or("storage", ""));
  call.form.set("mode", "snapshot");
  call.form.set("compress", "zstd");
  auto working = run_task(std::move(call), std::move(operation), "");
  co_return co_await working;
}

}  // namespace nmx::proxmox
