#pragma once

#include <string>

#include "planner/runtime/env.hpp"
#include "planner/runtime/task.hpp"
#include "providers/authentik/reply.hpp"
#include "providers/authentik/settings.hpp"
#include "providers/support/form.hpp"

namespace nmx::authentik {

/// One request to the API.
struct Call {
  std::string method;
  /// Below `/api/v3`, with a slash at its end: without one the server redirects and the body is lost.
  std::string path;
  Form query = {};
  /// JSON; null: none. Secret values are sent, and logged as `(secret)`.
  Value body = {};
};

/// Talks to an Authentik: login, JSON, pages, what may be sent again. Knows nothing of objects.
class Client {
 public:
  Client(Env& env, Access access) : env_(&env), access_(std::move(access)) {}

  /// Sends a call. What certainly was not carried out is sent again, reads always; what may have been comes back as
  /// `lost`.
  Task<Reply> call(Call call);
  /// Every object of a list, however many pages the server makes of it.
  Task<Result<List>> list(std::string path, Form query);
  Env& env() { return *env_; }

 private:
  Env* env_;
  Access access_;
};

}  // namespace nmx::authentik
