#pragma once

#include "planner/provider.hpp"

namespace nmx::caddy {

/// The row of the table: a Caddy that is told by its admin API, with `proxy_site`.
ProviderType provider_type();

}  // namespace nmx::caddy
