#pragma once

#include <map>
#include <string>
#include <vector>

#include "lang/value/value.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::test {

/// Servers that keep records behind an HTTP API, answering in the same thread as the real ones would. `requests` counts
/// what they were asked.

class PowerDnsDouble {
 public:
  HttpResult operator()(const HttpRequest& request);
  /// Name (with its dot) and type: what the API shows of a record set.
  std::map<std::pair<std::string, std::string>, Object> sets;
  int requests = 0;
};

class CloudflareDouble {
 public:
  HttpResult operator()(const HttpRequest& request);
  std::vector<Object> records;
  int requests = 0;
  int most_operations = 200;

 private:
  std::string apply(const Object& body);
  int next_id_ = 1;
};

class AdGuardDouble {
 public:
  HttpResult operator()(const HttpRequest& request);
  std::vector<std::pair<std::string, std::string>> rewrites;
  int requests = 0;
};

class PiHoleDouble {
 public:
  HttpResult operator()(const HttpRequest& request);
  std::vector<std::string> hosts;
  std::vector<std::string> aliases;
  int sessions = 0;
  int restarts = 0;
};

}  // namespace nmx::test
