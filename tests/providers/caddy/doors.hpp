#pragma once

#include <fmt/core.h>

#include <string>

#include "tests/support/tiny_server.hpp"

namespace nmx::test {

/// A service that says `service`, switches to a WebSocket when asked, and keeps what it was sent.
inline std::string service_answer(const std::string& request) {
  if (request.find("Upgrade: websocket") != std::string::npos)
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  return ok("service");
}

/// An outpost: who brings the cookie `session=ada` is let in and named, `session=eve` is known and may not enter, and
/// anybody else is sent to sign on.
inline std::string outpost_answer(const std::string& request) {
  if (request.find("GET /outpost.goauthentik.io/auth/caddy") != 0) return ok("outpost");
  if (request.find("session=ada") != std::string::npos)
    return ok("", "X-Authentik-Username: ada\r\nX-Authentik-Groups: family|admins\r\n");
  if (request.find("session=eve") != std::string::npos)
    return "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied";
  return "HTTP/1.1 302 Found\r\nLocation: https://app.example.com/outpost.goauthentik.io/start?rd=x\r\nContent-Length: "
         "0\r\n\r\n";
}

/// Headers that a hostile client sends to be taken for somebody.
constexpr const char* spoofs =
    "-H 'X-Authentik-Username: root' -H 'x-authentik-groups: admins' -H 'X-Authentik-Jwt: forged' "
    "-H 'X_Authentik_Username: root' -H 'X_authentik_email: root' -H 'x_authentik_uid: 0' -H 'Remote-User: root' "
    "-H 'X-Remote-User: root' -H 'X-WEBAUTH-USER: root' -H 'X-Forwarded-User: root'";

/// What of these reached the service.
inline std::string spoofed(const TinyServer& service) {
  std::string found;
  for (const auto& request : service.requests()) {
    for (const auto* value : {": root", ": forged", ": 0\r", ": admins"}) {
      if (request.find(value) != std::string::npos) found += request;
    }
  }
  return found;
}

}  // namespace nmx::test
