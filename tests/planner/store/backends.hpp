#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "planner/runtime/curl_env.hpp"
#include "planner/store/remote.hpp"
#include "planner/store/shelf.hpp"
#include "tests/support/state_server.hpp"

namespace nmx::test {

/// The one loop of this program.
CurlEnv& env();

/// A kind of shelf, on a server that the first use starts and the program's end stops.
struct Backend {
  std::string name;
  /// Why it cannot be tested here; empty: it can.
  std::function<std::string()> missing;
  /// A shelf whose documents nobody else has; the same `site`, the same documents.
  std::function<std::unique_ptr<Shelf>(const std::string& site)> shelf;
  /// Whether the server itself refuses a write that replaces something else.
  bool compares = true;
};
const std::vector<Backend>& backends();
inline void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }

/// Ceph's gateway: an empty address where there is none. `http://127.0.0.1:15600`.
std::string ceph_endpoint();

/// A store with the key `kkk…`.
std::unique_ptr<RemoteStore> store_on(std::unique_ptr<Shelf> shelf, const std::string& environment = "prod");

}  // namespace nmx::test
