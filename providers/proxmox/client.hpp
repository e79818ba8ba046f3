#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "planner/runtime/env.hpp"
#include "planner/runtime/task.hpp"
#include "providers/proxmox/reply.hpp"
#include "providers/proxmox/settings.hpp"
#include "providers/support/form.hpp"

namespace nmx::proxmox {

/// One request to the API.
struct Call {
  std::string method;
  /// Below `/api2/json`, its parts percent-encoded where they need it.
  std::string path;
  Form form = {};
  /// The node that carries it out: asked directly where that is possible, which saves the way through another.
  std::string node = {};
  /// By the root@pam login.
  bool elevated = false;
  /// How long a lock held by something else is waited for.
  Milliseconds patience{60'000};
  /// A file sent after the parameters, as multipart.
  std::string upload_path = {};
  std::string upload_name = {};
};

/// How a task ended.
struct TaskEnd {
  /// The lines of the log that warn.
  std::vector<std::string> warnings;
};

/// Talks to a cluster: login, encoding, which node to ask, what may be sent again. Knows nothing of guests.
class Client {
 public:
  Client(Env& env, Access access) : env_(&env), access_(std::move(access)) {}

  /// Sends a call. What certainly was not carried out is sent again, reads always; what may have been comes back as
  /// `lost`.
  Task<Reply> call(Call call);
  /// Waits until a task ends. Polls after 0.2, 0.4, 0.8 seconds, then each second.
  /// Errors: its exit status with the last lines of its log; that it did not end within `limit`.
  Task<Result<TaskEnd>> wait_for_task(std::string upid, bool elevated, Milliseconds limit);

  /// Nodes and the addresses that the cluster knows them by, and which of them answered.
  void learn_nodes(const std::map<std::string, std::string>& addresses, const std::string& answered_by);
  const Access& access() const { return access_; }
  Env& env() { return *env_; }

 private:
  struct Ticket {
    std::string cookie;
    std::string csrf;
  };
  struct Route {
    std::string base;
    bool direct = false;
  };

  Route route(const std::string& node) const;
  Task<Reply> send(Call call, Route route);
  Task<Reply> log_in(bool as_root, Route route);
  Task<std::vector<std::string>> task_log(std::string node, std::string upid, bool elevated);
  bool by_password(bool elevated) const { return access_.token.empty() || (elevated && access_.root.given()); }
  std::optional<Ticket>& ticket(bool elevated) { return access_.token.empty() || !elevated ? ticket_ : root_ticket_; }

  Env* env_;
  Access access_;
  std::size_t endpoint_ = 0;
  std::map<std::string, std::string> direct_;  // node → https://host:port
  std::set<std::string> indirect_;             // nodes that could not be asked directly
  std::optional<Ticket> ticket_;
  std::optional<Ticket> root_ticket_;
};

/// The node in `UPID:pve1:…`; empty where it is no UPID.
std::string node_of_task(std::string_view upid);
/// When it started, in seconds since 1970; 0 where it is no UPID.
std::int64_t start_of_task(std::string_view upid);

}  // namespace nmx::proxmox
