#pragma once

#include <functional>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"

namespace nmx::test {

/// An Env whose server is a function and whose clock goes only when somebody sleeps.
class ScriptedEnv : public Env {
 public:
  using Server = std::function<HttpResult(const HttpRequest&)>;
  explicit ScriptedEnv(Server server) : server_(std::move(server)) {}

  std::int64_t wall_ms() override { return 1'700'000'000'000 + now_.count(); }
  Milliseconds now() override { return now_; }
  std::uint64_t random() override { return 0; }
  Task<HttpResult> http(HttpRequest request) override {
    requests.push_back(request);
    co_return server_(request);
  }
  Task<Done> sleep(Milliseconds duration) override {
    now_ += duration;
    sleeps.push_back(duration);
    co_return Done{};
  }
  Status open_journal(const std::filesystem::path&) override { return Done{}; }
  void close_journal() override {}
  Task<Status> append(std::string) override { co_return Done{}; }
  Task<Result<ChildResult>> run(ChildCommand) override { co_return Error{"there are no children here"}; }
  int interrupts() override { return 0; }
  std::pair<std::string, std::uint16_t> connect_to(const std::string& host, std::uint16_t port) override {
    return {host, port};
  }

  /// Runs a task to its end.
  template <typename T>
  static T finish(Task<T> task) {
    task.start();
    ReadyQueue::current().run();
    return task.take();
  }

  std::vector<HttpRequest> requests;
  std::vector<Milliseconds> sleeps;

 private:
  Server server_;
  Milliseconds now_{0};
};

inline HttpResponse answer(std::string body) {
  HttpResponse response;
  response.status = 200;
  response.reason = "OK";
  response.body = std::move(body);
  return response;
}

inline HttpResponse refusal(int status, std::string reason, std::string body = "") {
  HttpResponse response;
  response.status = status;
  response.reason = std::move(reason);
  response.body = std::move(body);
  return response;
}

inline HttpFailure failure(HttpFailure::Kind kind, bool may_have_run) { return {kind, may_have_run, "it broke"}; }

/// `PUT /nodes/pve1/lxc/115/config`
inline std::string line(const HttpRequest& request) {
  const auto path = request.url.substr(request.url.find("/api2/json") + 10);
  return request.method + ' ' + path.substr(0, path.find('?'));
}

}  // namespace nmx::test
