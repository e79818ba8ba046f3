#pragma once

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
};
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
  Json (*handle)(Call&);
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
std::vector<Route> cluster_routes();
std::vector<Route> container_routes();
std::vector<Route> power_routes();
std::vector<Route> storage_routes();
std::vector<Route> task_routes();
std::vector<Route> pool_routes();

// What several of them need.
Guest& guest_of(Call& call);
/// The config a guest shows: numbers as numbers, defaults filled in.
Json show_options(const Options& options);
std::string generate_mac(World& world);

}  // namespace nmx::lab::proxmox
