#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lang/value/value.hpp"
#include "planner/runtime/env.hpp"

namespace nmx::dns {

/// What a server with a JSON API answered.
struct ApiAnswer {
  /// 0: it was not reached, or its answer did not come.
  int status = 0;
  Value json;
  /// The body, where it is no JSON, or why there was no answer.
  std::string text;

  bool ok() const { return status >= 200 && status < 300; }
};

/// Requests to one JSON API.
class HttpApi {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  HttpApi(Env& env, std::string url, TlsTrust trust) : env_(env), url_(std::move(url)), trust_(std::move(trust)) {
    while (!url_.empty() && url_.back() == '/') url_.pop_back();
  }

  /// `body`: null sends none. Reading is tried again when it fails on the way.
  Task<ApiAnswer> call(std::string method, std::string path, Headers headers, Value body = {});
  const std::string& url() const { return url_; }

 private:
  Env& env_;
  std::string url_;
  TlsTrust trust_;
};

/// `POST /zones: status 422: …` in the server's own words.
std::string told(const std::string& asked, const ApiAnswer& answer);

}  // namespace nmx::dns
