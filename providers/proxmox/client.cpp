#include "providers/proxmox/client.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "providers/support/json_fields.hpp"
#include "providers/support/retry.hpp"

namespace nmx::proxmox {
namespace {

/// The server drops idle connections after 5 s and runs three workers a node.
constexpr Milliseconds max_idle{4'000};
constexpr int connections_a_node = 4;
constexpr int attempts = 4;

std::string host_of(std::string_view base) {
  const auto begin = base.find("//") + 2;
  if (begin < base.size() && base[begin] == '[') return std::string(base.substr(begin + 1, base.find(']') - begin - 1));
  return std::string(base.substr(begin, base.find(':', begin) - begin));
}

std::string with_host(std::string_view base, std::string_view host) {
  const auto port = base.substr(base.rfind(':'));
  const bool v6 = host.find(':') != std::string_view::npos;
  return fmt::format("https://{}{}{}{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

bool has_body(std::string_view method) { return method == "POST" || method == "PUT"; }

}  // namespace

Client::Route Client::route(const std::string& node) const {
  const auto known = direct_.find(node);
  if (known != direct_.end() && indirect_.count(node) == 0) return {known->second, true};
  return {access_.endpoints[endpoint_], false};
}

void Client::learn_nodes(const std::map<std::string, std::string>& addresses, const std::string& answered_by) {
  for (const auto& endpoint : access_.endpoints) {
    const auto host = host_of(endpoint);
    const auto node = addresses.find(host.substr(0, host.find('.')));
    if (node != addresses.end()) direct_[node->first] = endpoint;
  }
  // A node's address is used where the cluster was reached by such an address too, and where the CA speaks for every
  // node: elsewhere it may lead nowhere (port forwarding) or its certificate may not be the pinned one.
  const auto here = addresses.find(answered_by);
  const auto& endpoint = access_.endpoints[endpoint_];
  if (here == addresses.end() || here->second != host_of(endpoint) || access_.trust.ca_pem.empty()) return;
  for (const auto& [node, address] : addresses) {
    if (!address.empty() && direct_.count(node) == 0) direct_[node] = with_host(endpoint, address);
  }
}

Task<Reply> Client::call(Call call) {
  const Deadline patience(*env_, call.patience);
  Backoff backoff(Milliseconds{200}, Milliseconds{5'000});
  bool logged_in_again = false;
  for (int attempt = 1;; ++attempt) {
    const auto way = route(call.node);
    if (by_password(call.elevated) && !ticket(call.elevated)) {
      auto login = log_in(call.elevated, way);
      auto answer = co_await login;
      if (answer.kind == Reply::Kind::refused) co_return answer;
    }
    auto sending = send(call, way);
    auto reply = co_await sending;

    if (reply.ok()) co_return reply;
    if (reply.status == 401 && by_password(call.elevated) && !logged_in_again) {
      ticket(call.elevated).reset();  // tickets live two hours
      logged_in_again = true;
      continue;
    }
    if (is_locked(reply)) {
      const auto wait = backoff.wait(env_->random());
      if (!patience.allows(wait)) co_return reply;
      auto pause = env_->sleep(wait);
      co_await pause;
      continue;
    }
    const bool again =
        reply.kind == Reply::Kind::unreachable || (reply.kind == Reply::Kind::lost && call.method == "GET");
    if (!again) co_return reply;
    if (reply.status == 0 && way.direct) {
      indirect_.insert(call.node);
      continue;
    }
    if (attempt >= attempts) co_return reply;
    // Many calls fail at once with their server: the first of them goes on to the next one.
    if (reply.status == 0 && way.base == access_.endpoints[endpoint_])
      endpoint_ = (endpoint_ + 1) % access_.endpoints.size();
    auto pause = env_->sleep(backoff.wait(env_->random()));
    co_await pause;
  }
}

Task<Reply> Client::send(Call call, Route way) {
  HttpRequest request;
  request.method = call.method;
  request.url = way.base + "/api2/json" + call.path;
  request.trust = access_.trust;
  request.connections = connections_a_node;
  request.max_idle = max_idle;
  request.timeout = Milliseconds{60'000};
  request.headers.emplace_back("Accept", "application/json");
  if (!has_body(call.method)) {
    if (!call.form.empty()) request.url += '?' + call.form.encoded();
  } else if (!call.upload_path.empty()) {
    request.form_fields = call.form.fields();
    request.upload_path = call.upload_path;
    request.upload_name = call.upload_name;
    request.timeout = Milliseconds{3'600'000};
  } else {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = call.form.encoded();
    request.log_body = call.form.redacted();
  }
  if (by_password(call.elevated)) {
    if (const auto& pass = ticket(call.elevated)) {
      request.headers.emplace_back("Cookie", "PVEAuthCookie=" + percent_encode(pass->cookie));
      if (call.method != "GET") request.headers.emplace_back("CSRFPreventionToken", pass->csrf);
    }
  } else {
    request.headers.emplace_back("Authorization", "PVEAPIToken=" + access_.token);
  }
  auto asking = env_->http(std::move(request));
  const auto result = co_await asking;
  co_return read_answer(result, fmt::format("{} {}", call.method, call.path));
}

Task<Reply> Client::log_in(bool as_root, Route way) {
  const auto& login = access_.token.empty() || !as_root ? access_.login : access_.root;
  Form form;
  form.set("username", login.user);
  form.set_secret("password", login.password);
  HttpRequest request;
  request.method = "POST";
  request.url = way.base + "/api2/json/access/ticket";
  request.trust = access_.trust;
  request.connections = connections_a_node;
  request.max_idle = max_idle;
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.body = form.encoded();
  request.log_body = form.redacted();
  auto asking = env_->http(std::move(request));
  const auto result = co_await asking;
  auto reply = read_answer(result, fmt::format("log in as {}", login.user));
  if (reply.ok()) {
    const Fields fields(reply.data);
    if (fields.boolean_or("NeedTFA", false)) {
      reply.kind = Reply::Kind::refused;
      reply.message = fmt::format("{} needs a second factor, which nmx cannot give", login.user);
    } else {
      ticket(as_root) = Ticket{fields.text_or("ticket", ""), fields.text_or("CSRFPreventionToken", "")};
    }
  }
  co_return reply;
}

Task<Result<TaskEnd>> Client::wait_for_task(std::string upid, bool elevated, Milliseconds limit) {
  const auto node = node_of_task(upid);
  if (node.empty()) co_return Error{fmt::format("`{}` is not a task of Proxmox", upid)};
  const Deadline deadline(*env_, limit);
  Cadence cadence({Milliseconds{200}, Milliseconds{400}, Milliseconds{800}, Milliseconds{1'000}});
  int unknown = 0;
  for (;;) {
    auto pause = env_->sleep(cadence.wait());
    co_await pause;
    auto asking = call({"GET", fmt::format("/nodes/{}/tasks/{}/status", node, upid), {}, node, elevated});
    auto reply = co_await asking;
    // A task may not be listed yet in its first moment.
    if (reply.says("no such task") && ++unknown < 5) continue;
    if (!reply.ok()) co_return to_error(reply);
    const Fields fields(reply.data);
    if (fields.text_or("status", "") == "stopped") {
      const auto end = fields.text_or("exitstatus", "");
      if (end == "OK") co_return TaskEnd{};
      auto reading = task_log(node, upid, elevated);
      auto lines = co_await reading;
      if (end.rfind("WARNINGS: ", 0) == 0) {
        TaskEnd done;
        for (auto& line : lines) {
          if (line.rfind("WARN", 0) == 0) done.warnings.push_back(std::move(line));
        }
        co_return done;
      }
      Error error{end.empty() ? "the task ended without a status" : end};
      const std::size_t shown = std::min<std::size_t>(lines.size(), 6);
      for (std::size_t at = lines.size() - shown; at < lines.size(); ++at) {
        if (lines[at].find(end) == std::string::npos) error.message += "\n  | " + lines[at];
      }
      co_return error;
    }
    if (deadline.passed()) {
      co_return Error{fmt::format("the task did not end within {} s: {}", limit.count() / 1000, upid),
                      "it goes on in Proxmox; raise `timeouts { … }` of the block if it needs longer"};
    }
  }
}

Task<std::vector<std::string>> Client::task_log(std::string node, std::string upid, bool elevated) {
  Call call{"GET", fmt::format("/nodes/{}/tasks/{}/log", node, upid), {}, node, elevated};
  call.form.set("limit", 0);
  auto asking = this->call(std::move(call));
  const auto reply = co_await asking;
  std::vector<std::string> lines;
  for (const auto& line : elements(reply.data)) lines.push_back(Fields(line).text_or("t", ""));
  co_return lines;
}

std::int64_t start_of_task(std::string_view upid) {
  const auto parts = split_list(upid, ":");
  std::int64_t start = 0;
  if (parts.size() > 4) std::from_chars(parts[4].data(), parts[4].data() + parts[4].size(), start, 16);
  return start;
}

std::string node_of_task(std::string_view upid) {
  constexpr std::string_view start = "UPID:";
  if (upid.substr(0, start.size()) != start) return {};
  const auto end = upid.find(':', start.size());
  return end == std::string_view::npos ? std::string() : std::string(upid.substr(start.size(), end - start.size()));
}

}  // namespace nmx::proxmox
