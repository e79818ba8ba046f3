#include <fmt/core.h>

#include <algorithm>

#include "providers/proxmox/container_form.hpp"
#include "providers/proxmox/container_work.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {

Task<Status> ContainerWork::create(Operation operation) {
  const auto* wanted_value = operation.arguments.find("wanted");
  const Object wanted = wanted_value && wanted_value->object() ? *wanted_value->object() : Object{};
  const Fields fields(wanted);
  const auto node = fields.text_or("node", "");
  const auto vmid = fields.integer_or("vmid", 0);
  const auto mark = fields.text_or("mark", "");
  const bool starts = fields.boolean_or("started", true);
  const Milliseconds limit{operation.timeout_ms};
  std::int64_t since = 0;
  for (int attempt = 1;; ++attempt) {
    Call call;
    call.method = "POST";
    call.path = fmt::format("/nodes/{}/lxc", node);
    call.node = node;
    call.elevated = operation.elevated;
    call.form = creation_form(wanted, mark, seed_);
    auto asking = client_->call(std::move(call));
    const auto reply = co_await asking;
    if (reply.ok()) {
      const auto upid = tolerant_text(reply.data).value_or("");
      since = start_of_task(upid);
      auto waiting = client_->wait_for_task(upid, operation.elevated, limit);
      auto end = co_await waiting;
      if (!end) co_return Error{fmt::format("{}: {}", reply.asked, end.error().message), end.error().help};
      warn(operation, *end);
      break;
    }
    const bool taken = reply.says("already exists");
    if (!taken && reply.kind != Reply::Kind::lost) co_return to_error(reply);
    auto looking = look_for(node, vmid, mark, limit);
    auto found = co_await looking;
    if (!found) co_return found.error();
    if (*found == Found::ours) break;
    if (*found == Found::strange)
      co_return Error{fmt::format("{}: {}", reply.asked, reply.words()),
                      "somebody took this number since the plan was made; plan again and nmx takes the next one"};
    if (attempt >= 3) co_return to_error(reply);
  }
  if (!starts) co_return Done{};
  auto waiting = await_start(node, vmid, operation.elevated, limit, since);
  co_return co_await waiting;
}

Task<Result<ContainerWork::Found>> ContainerWork::look_for(std::string node, std::int64_t vmid, std::string mark,
                                                           Milliseconds limit) {
  const Deadline deadline(client_->env(), limit);
  Cadence cadence({Milliseconds{300}, Milliseconds{600}, Milliseconds{1'000}});
  // What was sent through another node may arrive late.
  int absent = 0;
  int left_locked = 0;
  for (;;) {
    auto asking = pending(node, vmid);
    const auto reply = co_await asking;
    if (reply.ok()) {
      const auto config = read_pending(reply.data);
      bool made = config.lock != "create";
      if (!made) {
        // A creation that failed half-way leaves its lock behind, and nobody takes it away any more.
        auto asking_tasks = is_being_made(node, vmid);
        const bool running = co_await asking_tasks;
        left_locked = running ? 0 : left_locked + 1;
        made = left_locked >= 3;
      }
      if (made) {
        const auto attributes = observed_attributes(config, {});
        co_return attributes.at_or_null("mark") == Value(mark) ? Found::ours : Found::strange;
      }
    } else if (is_absent(reply, std::to_string(vmid))) {
      if (++absent >= 4) co_return Found::absent;
    } else if (reply.kind == Reply::Kind::refused) {
      co_return Found::strange;
    }
    const auto wait = cadence.wait();
    if (!deadline.allows(wait)) co_return Error{fmt::format("CT {} is being made and does not get ready", vmid)};
    auto pause = client_->env().sleep(wait);
    co_await pause;
  }
}

Task<bool> ContainerWork::is_being_made(std::string node, std::int64_t vmid) {
  Call call;
  call.method = "GET";
  call.path = fmt::format("/nodes/{}/tasks", node);
  call.node = std::move(node);
  call.form.set("vmid", vmid);
  call.form.set("typefilter", "vzcreate");
  call.form.set("source", "active");
  auto asking = client_->call(std::move(call));
  const auto reply = co_await asking;
  if (!reply.ok()) co_return true;  // nobody says that it does not
  // Those that ended lately are listed too.
  const auto& tasks = elements(reply.data);
  co_return std::any_of(tasks.begin(), tasks.end(), [](const Value& task) { return !Fields(task).integer("endtime"); });
}

Task<Status> ContainerWork::await_start(std::string node, std::int64_t vmid, bool elevated, Milliseconds limit,
                                        std::int64_t since) {
  const Deadline deadline(client_->env(), limit);
  Cadence cadence({Milliseconds{200}, Milliseconds{400}, Milliseconds{800}, Milliseconds{1'000}});
  for (int look = 1;; ++look) {
    Call status;
    status.method = "GET";
    status.path = fmt::format("/nodes/{}/lxc/{}/status/current", node, vmid);
    status.node = node;
    auto asking = client_->call(std::move(status));
    const auto reply = co_await asking;
    if (!reply.ok()) co_return to_error(reply);
    if (Fields(reply.data).text_or("status", "") == "running") co_return Done{};

    // The start is a task of its own, which begins when the creation has ended.
    Call tasks;
    tasks.method = "GET";
    tasks.path = fmt::format("/nodes/{}/tasks", node);
    tasks.node = node;
    tasks.form.set("vmid", vmid);
    tasks.form.set("typefilter", "vzstart");
    tasks.form.set("source", "all");
    tasks.form.set("limit", 1);
    if (since > 0) tasks.form.set("since", since);
    auto listing = client_->call(std::move(tasks));
    const auto list = co_await listing;
    if (list.ok() && !elements(list.data).empty()) {
      const auto upid = Fields(elements(list.data).front()).text_or("upid", "");
      auto waiting = client_->wait_for_task(upid, elevated, limit);
      auto end = co_await waiting;
      if (!end) co_return Error{fmt::format("CT {} was made but does not start: {}", vmid, end.error().message)};
    } else if (look >= 3) {
      Operation operation;
      operation.timeout_ms = limit.count();
      operation.arguments = Object{{"node", node}, {"vmid", vmid}};
      auto starting = start(std::move(operation));
      co_return co_await starting;
    }
    const auto wait = cadence.wait();
    if (!deadline.allows(wait)) co_return Error{fmt::format("CT {} was made but does not run", vmid)};
    auto pause = client_->env().sleep(wait);
    co_await pause;
  }
}

Task<Result<Reconciled>> ContainerWork::reconcile(Operation operation) {
  Reconciled reconciled;
  if (operation.verb == "destroy") {
    const auto vmid = Fields(operation.arguments).integer_or("vmid", 0);
    auto asking = pending(Fields(operation.arguments).text_or("node", ""), vmid);
    const auto reply = co_await asking;
    if (is_absent(reply, std::to_string(vmid))) {
      reconciled.fate = Fate::done;
    } else if (!reply.ok()) {
      co_return to_error(reply);
    }
    co_return reconciled;
  }
  // Every other step but the creation asks for a state and may be repeated.
  if (operation.verb != "create") co_return reconciled;

  const Fields fields(operation.arguments.at_or_null("wanted"));
  const Milliseconds limit{operation.timeout_ms};
  const auto node = fields.text_or("node", "");
  const auto vmid = fields.integer_or("vmid", 0);
  auto looking = look_for(node, vmid, fields.text_or("mark", ""), limit);
  auto found = co_await looking;
  if (!found) co_return found.error();
  if (*found != Found::ours) co_return reconciled;
  reconciled.fate = Fate::done;
  if (fields.boolean_or("started", true)) {
    auto waiting = await_start(node, vmid, operation.elevated, limit, 0);
    auto started = co_await waiting;
    if (!started) reconciled.fate = Fate::half;
  }
  auto reading = read_back(operation);
  auto answer = co_await reading;
  if (!answer) co_return answer.error();
  reconciled.answer = *std::move(answer);
  if (reconciled.fate == Fate::half) reconciled.answer.attributes.set("started", false);
  co_return reconciled;
}

}  // namespace nmx::proxmox
