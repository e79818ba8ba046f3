#pragma once

#include <memory>
#include <string>

#include "planner/store/shelf.hpp"

namespace nmx {

struct HttpSettings {
  std::string url;
  std::string update_method;
  std::string lock_url;
  std::string lock_method;
  std::string unlock_url;
  std::string unlock_method;
  std::string username;
  std::string password;
  TlsTrust trust;
};

/// Terraform's HTTP protocol for states, which GitLab and Gitea speak: one document, read, written and locked as a
/// whole, so all documents are parts of that one. The server compares nothing when it is written: the lock, which it
/// does check, and a look before each write are what keeps two runs apart.
/// Source: hashicorp/terraform, backend `http`; GitLab, Terraform state API
std::unique_ptr<Shelf> http_shelf(HttpSettings settings, Env& env);

/// Where GitLab and Gitea have their locks, as far as a URL shows that it is theirs; else the protocol's own methods.
HttpSettings with_defaults(HttpSettings settings);

}  // namespace nmx
