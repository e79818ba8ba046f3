#pragma once

#include <map>
#include <optional>
#include <string>

#include "providers/lab/authentik/world.hpp"
#include "providers/lab/http_server.hpp"

namespace nmx::lab::authentik {

/// Why a request is refused; thrown by handlers, caught in the API alone.
struct Refused {
  int status = 400;
  Json body;
};

/// One request, taken apart.
struct Asked {
  std::string method;
  /// Below `/api/v3`.
  std::string path;
  std::multimap<std::string, std::string> query;
  Json body;
  /// The user behind the token.
  Json user;

  std::string value(const std::string& name) const;
};

/// The API of an Authentik: looks at the login, finds the collection, validates, answers.
class Api {
 public:
  explicit Api(World& world) : world_(world) {}
  Response answer(const Request& request);
  /// How often each method was called: `GET /core/groups/` → 3; ids stand as `{id}`.
  const std::map<std::string, int>& counts() const { return counts_; }
  void reset_counts() { counts_.clear(); }

 private:
  Response carry_out(const Request& request);
  void log_in(const Request& request, Asked& asked);
  Json list(const Collection& collection, const Asked& asked);
  Response item(const Collection& collection, const Asked& asked, const std::string& place);
  Json create(const Collection& collection, const Asked& asked);
  Json change(const Collection& collection, const Asked& asked, Json& object);
  /// Requests that are no plain reading and writing of objects; nothing: it is none of them.
  std::optional<Response> special(const Asked& asked);

  World& world_;
  std::map<std::string, int> counts_;
};

Response json_response(int status, const Json& body);
/// Query or form fields.
std::multimap<std::string, std::string> read_query(std::string_view text);

}  // namespace nmx::lab::authentik
