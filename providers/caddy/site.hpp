#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx::caddy {

/// A `proxy_site` in normal form as Caddy's JSON. Attributes stay a plain object: what is not set is absent.

/// The `@id` of a site's route and of its TLS policy.
std::string route_id(std::string_view name);
std::string policy_id(std::string_view name);
/// The name in a route's id; nothing: it is not nmx's.
std::optional<std::string> name_in_id(std::string_view id);

/// Headers by which some proxy tells a service who the user is. No client may set them.
const std::vector<std::string>& identity_headers();
/// What Authentik's outpost tells.
const std::vector<std::string>& outpost_headers();

/// The route that serves a site.
Value route_of(const Object& site);
/// How its certificates are got; null: as Caddy does by itself, or from files.
Value policy_of(const Object& site);
/// Files of its own certificate, for `load_files`; null: none.
Value certificate_of(const Object& site);

/// Reads a site back from what stands in Caddy; `policy` and `certificate` may be null. What somebody edited so that
/// nmx would not write it is left out, and `intact` is then false.
Object read_site(const Value& route, const Value& policy, const Value& certificate);

}  // namespace nmx::caddy
