#pragma once

#include <string>

#include "lang/config/interface.hpp"
#include "lang/diagnostics/result.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::authentik {

/// What a `provider authentik` block says: where the server is and how to log in.
struct Access {
  /// `https://auth.example.com/api/v3`, without a slash at its end.
  std::string base;
  std::string token;
  TlsTrust trust;
};

/// The attributes of the block.
Interface settings_interface();
/// Errors name the attribute that is wrong.
Result<Access> read_settings(const Object& settings);

}  // namespace nmx::authentik
