#include <fmt/core.h>

#include "providers/proxmox/container_work.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

/// After this a shutdown is forced: a container in its first seconds does not answer it.
constexpr int shutdown_seconds = 60;

}  // namespace

Task<Status> ContainerWork::start(Operation operation) {
  auto call = guest_call("POST", "/status/start", operation);
  auto working = run_task(std::move(call), std::move(operation), "already running");
  co_return co_await working;
}

Task<Status> ContainerWork::stop(Operation operation) {
  auto call = guest_call("POST", "/status/shutdown", operation);
  call.form.set("timeout", shutdown_seconds);
  call.form.set("forceStop", true);
  auto working = run_task(std::move(call), std::move(operation), "not running");
  co_return co_await working;
}

Task<Status> ContainerWork::restart(Operation operation) {
  if (Fields(operation.arguments).boolean_or("only_if_pending", false)) {
    const Fields fields(operation.arguments);
    auto asking = pending(fields.text_or("node", ""), fields.integer_or("vmid", 0));
    const auto reply = co_await asking;
    if (!reply.ok()) co_return to_error(reply);
    if (read_pending(reply.data).pending.empty()) co_return Done{};
  }
  // Not `reboot`: that hangs on a container in its first seconds, and ignores locks.
  auto stopping = stop(operation);
  auto stopped = co_await stopping;
  if (!stopped) co_return stopped.error();
  auto starting = start(std::move(operation));
  co_return co_await starting;
}

Task<Status> ContainerWork::migrate(Operation operation) {
  const auto target = Fields(operation.arguments).text_or("target", "");
  const auto vmid = Fields(operation.arguments).integer_or("vmid", 0);
  auto call = guest_call("POST", "/migrate", operation);
  call.form.set("target", target);
  if (Fields(operation.arguments).boolean_or("restart", false)) {
    call.form.set("restart", true);
    call.form.set("timeout", shutdown_seconds);
  }
  digests_.erase(vmid);
  const Deadline deadline(client_->env(), Milliseconds{operation.timeout_ms});
  auto working = run_task(std::move(call), std::move(operation), fmt::format("nodes/{}", target));
  auto done = co_await working;
  // High availability only queues the move, and a lost answer may have been one: what counts is where it is.
  Cadence cadence({Milliseconds{500}, Milliseconds{1'000}, Milliseconds{2'000}});
  for (;;) {
    auto asking = pending(target, vmid);
    const auto reply = co_await asking;
    if (reply.ok() && read_pending(reply.data).lock.empty()) co_return Done{};
    if (!done) co_return done.error();
    const auto wait = cadence.wait();
    if (!deadline.allows(wait))
      co_return Error{fmt::format("CT {} did not arrive on {} in time: {}", vmid, target, reply.words())};
    auto pause = client_->env().sleep(wait);
    co_await pause;
  }
}

Task<Status> ContainerWork::set_pool(Operation operation) {
  const Fields fields(operation.arguments);
  const auto pool = fields.text_or("pool", "");
  Call call;
  call.method = "PUT";
  call.path = "/pools";
  call.form.set("poolid", pool.empty() ? fields.text_or("from", "") : pool);
  call.form.set("vms", fields.integer_or("vmid", 0));
  if (pool.empty()) {
    call.form.set("delete", true);
  } else {
    call.form.set("allow-move", true);
  }
  auto working =
      run_task(std::move(call), std::move(operation), pool.empty() ? "is not a pool member" : "already a pool member");
  co_return co_await working;
}

Task<Status> ContainerWork::destroy(Operation operation) {
  const auto vmid = std::to_string(Fields(operation.arguments).integer_or("vmid", 0));
  auto call = guest_call("DELETE", "", operation);
  call.form.set("force", true);
  call.form.set("purge", true);
  auto working = run_task(std::move(call), std::move(operation), fmt::format("/{}.conf' does not exist", vmid));
  co_return co_await working;
}

}  // namespace nmx::proxmox
