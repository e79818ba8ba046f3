#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx::authentik {

/// Objects of Authentik, each with its type, as a blueprint: YAML that any Authentik applies without nmx. What needs
/// others stands behind them. Secrets are not in it: each is an environment variable of Authentik's worker, named in
/// the head. The embedded outpost is left out, since a blueprint would take from it what others added.
std::string blueprint_text(const std::vector<std::pair<std::string, Object>>& objects);

}  // namespace nmx::authentik
