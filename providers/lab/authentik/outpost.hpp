#pragma once

#include "providers/lab/authentik/world.hpp"
#include "providers/lab/http_server.hpp"

namespace nmx::lab::authentik {

/// The embedded outpost: what a proxy asks about each request (`/outpost.goauthentik.io/auth/caddy`, the original
/// request in X-Forwarded-Host, -Proto and -Uri), and where people without a login are led.
Response answer_outpost(World& world, const Request& request);

/// `POST /lab/login` with `username`, and `password` where it has one: a session, as a cookie that the outpost takes.
Response log_in(World& world, const Request& request);

}  // namespace nmx::lab::authentik
