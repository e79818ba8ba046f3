#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::proxmox {

/// What came of one call.
struct Reply {
  enum class Kind {
    ok,
    refused,      // the server said no: nothing was done
    unreachable,  // nothing was sent, or it reached no node: nothing was done
    lost          // sent, and no answer: it may have been done, or be done later
  };
  Kind kind = Kind::ok;
  int status = 0;
  /// The server's words; for `unreachable` and `lost` what the network said.
  std::string message;
  /// What is wrong with which parameter.
  std::vector<std::pair<std::string, std::string>> errors;
  /// What stands under `data`.
  Value data;
  /// `GET /nodes/pve1/lxc/115/config`, for messages.
  std::string asked;

  bool ok() const { return kind == Kind::ok; }
  /// Whether the server's words, or those about a parameter, contain this.
  bool says(std::string_view part) const;
  /// The server's words and those about parameters, in one line.
  std::string words() const;
};

/// Reads an answer: reason phrase and `message` (servers before 8.4 give only the reason), the `errors` map, and the
/// pseudo status 595 (reached no node) and 596 to 599 (may have run).
Reply read_answer(const HttpResult& result, std::string asked);

/// A guest that is not there: the one narrow place that decides it. A node that is down or a lack of rights is not it.
bool is_absent(const Reply& reply, std::string_view vmid);
/// Refused only because something else holds a lock: the same call can be sent again.
bool is_locked(const Reply& reply);
/// The configuration changed since it was read.
bool is_conflict(const Reply& reply);

/// For the operator: what was asked, the server's words, what to do about it.
Error to_error(const Reply& reply);

}  // namespace nmx::proxmox
