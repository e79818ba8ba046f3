#pragma once

#include <string>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::authentik {

/// What came of one call.
struct Reply {
  enum class Kind {
    ok,
    refused,      // the server said no: nothing was done
    unreachable,  // nothing was sent: nothing was done
    lost          // sent, and no answer of Authentik's: it may have been done
  };
  Kind kind = Kind::ok;
  int status = 0;
  /// The server's words, with the path of the field they are about; else what the network said.
  std::string message;
  /// The body.
  Value data;
  /// `PATCH /core/groups/…/`, for messages.
  std::string asked;

  bool ok() const { return kind == Kind::ok; }
  /// The one place that decides that an object is not there.
  bool absent() const { return kind == Kind::refused && status == 404; }
};

/// Reads an answer. A redirect and a page that is no JSON are told as what they are: the address leads elsewhere.
Reply read_answer(const HttpResult& result, std::string asked);

/// For the operator: what was asked, the server's words, what to do about it.
Error to_error(const Reply& reply);

}  // namespace nmx::authentik
