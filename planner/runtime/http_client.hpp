#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// Where to connect instead of (host, port); null: there.
using ConnectTo = std::function<std::pair<std::string, std::uint16_t>(const std::string& host, std::uint16_t port)>;

/// HTTP over libcurl's multi interface, driven by the loop. Connections are kept and reused; no redirect is ever
/// followed.
class HttpClient {
 public:
  /// `log`: one line a request to standard error.
  HttpClient(bool log, ConnectTo connect_to);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  struct Transfer;
  /// Starts a request; `waiting` goes on when it is over, and then takes the result.
  Transfer* start(HttpRequest request, Waiter waiting);
  HttpResult take(Transfer* transfer);
  /// Nobody waits for it any more.
  void abandon(Transfer* transfer);

  /// A file descriptor to wait for besides the connections.
  struct Watched {
    int descriptor;
    bool readable;
    bool writable;
    bool ready = false;
  };
  /// Waits until something happens, at most `limit`; marks the watched descriptors that are ready.
  void poll(std::vector<Watched>& watched, Milliseconds limit);

 private:
  struct Multi;
  void begin(Transfer* transfer);
  void set_sharing(void* easy, const Transfer& transfer);
  void finish();
  void leave(const std::string& host);

  bool log_;
  ConnectTo connect_to_;
  std::unique_ptr<Multi> multi_;
  std::map<Transfer*, std::unique_ptr<Transfer>> transfers_;
  /// Requests under way to each host, and those that wait for a place.
  struct Host {
    int running = 0;
    std::optional<std::string> trust;
    bool mixed = false;
    std::deque<Transfer*> waiting;
  };
  std::map<std::string, Host> hosts_;
};

}  // namespace nmx
