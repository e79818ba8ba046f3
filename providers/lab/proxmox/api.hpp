#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "providers/lab/http_server.hpp"
#include "providers/lab/proxmox/access.hpp"
#include "providers/lab/proxmox/parameter.hpp"
#include "providers/lab/proxmox/world.hpp"

namespace nmx::lab::proxmox {

/// Why a request is refused; thrown by handlers, caught in the router alone.
struct Refused {
  int status = 500;
  std::string message;
  Errors errors = {};
  /// What is found wrong before the request is understood is said in plain text.
  enum class Body { json, plain } body = Body::json;
};
/// The parameter that a handler, not its schema, refuses.
inline Refused bad_parameter(const std::string& name, const std::string& why) {
  return Refused{400, "Parameter verification failed.", {{name, why}}};
}
/// Something it needs is locked by somebody else; asked again until it waited long enough.
struct MustWait {
  /// What is said when the wait was in vain.
  std::string message;
};

/// One call of the API, parameters decoded.
struct Call {
  World& world;
  const Caller& caller;
  Json params;
  /// What the answer says beside its data: `total` of a list.
  Json beside = Json::object();

  bool has(const char* name) const { return params.contains(name) && !params[name].is_null(); }
  std::string text(const char* name, std::string fallback = {}) const;
  std::int64_t number(const char* name, std::int64_t fallback = 0) const;
  bool flag(const char* name, bool fallback = false) const;

  bool may(std::string_view path, std::string_view privilege) const;
  /// 403 with the words of the server.
  void need(const std::string& path, std::initializer_list<std::string_view> all_of) const;
  void need_any(const std::string& path, std::initializer_list<std::string_view> any_of) const;
};

/// A method of the API: where it is, who may call it, what it takes, what it does.
struct Route {
  std::string method;
  /// `/nodes/{node}/lxc/{vmid}/config`; `{rest*}` takes what is left.
  std::string path;
  ParameterSet parameters;
  /// Before the parameters are looked at, as the server does; empty function: every login may.
  void (*permission)(const Call&);
  /// The data of the answer.
  std::function<Json(Call&)> handle;
  /// Whether a token may call it.
  bool tokens = true;
};

/// Finds the route, checks in the order of the real server, and answers.
class Router {
 public:
  explicit Router(World& world);
  /// Nothing: what it needs is locked; ask again.
  std::optional<Response> answer(const Request& request);
  /// How often each method was called: `GET /nodes/{node}/lxc/{vmid}/config` → 3.
  const std::map<std::string, int>& counts() const { return counts_; }
  void reset_counts() { counts_.clear(); }
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::optional<Response> carry_out(const Request& request);
  World& world_;
  std::vector<Route> routes_;
  std::map<std::string, int> counts_;
  /// Since when a request waits for a lock.
  std::map<const Request*, std::chrono::steady_clock::time_point> waiting_;
};

/// An answer in the form of the API.
Response success(const Json& data, Json extra = Json::object());
Response failure(const Refused& refused);

// The methods, by what they are about.
std::vector<Route> access_routes();
std::vector<Route> acl_routes();
std::vector<Route> backup_routes();
std::vector<Route> clone_routes();
std::vector<Route> cluster_routes();
std::vector<Route> container_routes();
std::vector<Route> disk_routes();
std::vector<Route> firewall_routes();
std::vector<Route> firewall_set_routes();
std::vector<Route> ha_routes();
std::vector<Route> migrate_routes();
std::vector<Route> node_routes();
std::vector<Route> pool_routes();
std::vector<Route> power_routes();
std::vector<Route> snapshot_routes();
std::vector<Route> storage_config_routes();
std::vector<Route> storage_routes();
std::vector<Route> task_routes();
std::vector<Route> user_routes();
/// What lies below a path, for every path that leads to others and says nothing itself.
std::vector<Route> index_routes(const std::vector<Route>& others);

// What several of them need.
constexpr const char* repository_id = "14a22df35955d97d";
Guest& guest_of(Call& call);
/// 500 while a task, or somebody by hand, keeps the guest for itself.
void refuse_while_locked(const Guest& guest);
/// The same, and waits while a task works on it.
void wait_for_lock(const Call& call, const Guest& guest);
/// 500 where the caller saw another configuration than there is.
void check_digest(const Call& call, const Guest& guest);
/// `node` and `vmid`, as most methods of guests take them.
ParameterSet guest_parameters();
/// `rootfs`, `mp0` … `mp255`.
const std::vector<std::string>& volume_options();
/// A guest as lists of resources show it.
Json show_guest(const World& world, int vmid, const Guest& guest);
/// The config a guest shows: numbers as numbers, defaults filled in.
Json show_options(const Options& options);
std::string generate_mac(World& world);

}  // namespace nmx::lab::proxmox
