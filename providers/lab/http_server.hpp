#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nmx::lab {

struct Request {
  std::string method;
  /// Path and query as they came.
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  const std::string* header(std::string_view name) const;
};

struct Response {
  int status = 200;
  /// Proxmox says there what is wrong.
  std::string reason = "OK";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// The connection ends with this answer.
  bool close = false;
  /// Answered so much later, as the real server does after a refused login.
  std::chrono::milliseconds delay{0};
  /// Nothing is answered: the connection breaks off instead.
  bool lost = false;
};

/// Answers a request, or nothing while something it must wait for is held by somebody else: it is then asked again a
/// little later. Calls never overlap.
using Handler = std::function<std::optional<Response>(const Request&)>;

/// HTTPS on loopback, or HTTP where there is no certificate; a thread a connection. Keep-alive as Proxmox keeps it: 5 s
/// idle, 100 requests, closed after every status of 400 and more.
class HttpServer {
 public:
  struct Options {
    std::uint16_t port = 0;  // 0: a free one
    std::string certificate_pem = {};
    std::string key_pem = {};
    std::string address = "127.0.0.1";
    std::chrono::milliseconds idle{5'000};
  };
  /// Throws std::runtime_error where the port cannot be had.
  HttpServer(Options options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  /// Ends all connections and waits for their threads.
  void stop();

 private:
  class State;
  std::shared_ptr<State> state_;  // shared with the threads of the connections
};

}  // namespace nmx::lab
