#pragma once

#include <string>
#include <vector>

#include "lang/config/interface.hpp"
#include "lang/diagnostics/result.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::proxmox {

/// A login by name and password; empty name: none.
struct PasswordLogin {
  std::string user;
  std::string password;
  bool given() const { return !user.empty(); }
};

/// What a `provider proxmox` block says: where the cluster is and how to log in.
struct Access {
  /// `https://host:port`, without a path.
  std::vector<std::string> endpoints;
  /// `user@realm!name=secret`; empty: `login` is used.
  std::string token;
  PasswordLogin login;
  /// Beside a token: for what Proxmox allows to no token.
  PasswordLogin root;
  TlsTrust trust;

  /// Whether the ordinary login already is root@pam with a password.
  bool is_root() const { return token.empty() && login.user == "root@pam"; }
  /// Whether operations that only root@pam may do can be done.
  bool can_be_root() const { return is_root() || root.given(); }
};

/// The attributes of the block.
Interface settings_interface();
/// Errors name the attribute that is wrong.
Result<Access> read_settings(const Object& settings);

}  // namespace nmx::proxmox
