#pragma once

#include <string>

#include "lang/value/value.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::caddy {

/// Caddy's admin API, as far as nmx uses it: `apps` is read whole and replaced whole, and only while it is what was
/// read.
class Admin {
 public:
  struct Settings {
    std::string url;
    TlsTrust trust;
  };
  Admin(Env& env, Settings settings) : env_(env), settings_(std::move(settings)) {}

  struct Read {
    Value apps;
    std::string etag;
  };
  Task<Result<Read>> read();

  struct Replaced {
    enum class Fate {
      done,
      changed,  // somebody else was faster
      refused,  // Caddy does not take it, and serves what it served
      failed,   // not reached, or nobody knows
    } fate = Fate::done;
    Error error = {};
  };
  Task<Replaced> replace(Value apps, std::string etag);

 private:
  Env& env_;
  Settings settings_;
};

}  // namespace nmx::caddy
