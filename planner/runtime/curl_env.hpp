#pragma once

#include <filesystem>
#include <list>
#include <memory>

#include "planner/runtime/append_file.hpp"
#include "planner/runtime/child.hpp"
#include "planner/runtime/env.hpp"
#include "planner/runtime/http_client.hpp"
#include "planner/runtime/tcp.hpp"
#include "planner/runtime/timers.hpp"

namespace nmx {

/// The real world: libcurl, files, processes, signals, on one event loop. SIGINT and SIGTERM are blocked while it lives
/// and counted as interrupts. `NMX_LOG=debug` prints a line a request.
class CurlEnv : public Env {
 public:
  CurlEnv();
  ~CurlEnv() override;
  CurlEnv(const CurlEnv&) = delete;
  CurlEnv& operator=(const CurlEnv&) = delete;

  std::int64_t wall_ms() override;
  Milliseconds now() override;
  std::uint64_t random() override;
  Task<HttpResult> http(HttpRequest request) override;
  Task<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port, Milliseconds limit) override;
  Task<Done> until_ready(int descriptor, Readiness wanted) override;
  Task<Done> sleep(Milliseconds duration) override;
  Status open_journal(const std::filesystem::path& file) override { return journal_.open(file); }
  void close_journal() override { journal_.close(); }
  Task<Status> append(std::string record) override;
  Task<Result<ChildResult>> run(ChildCommand command) override;
  int interrupts() override { return interrupts_; }
  std::pair<std::string, std::uint16_t> connect_to(const std::string& host, std::uint16_t port) override;

  /// Runs a task to its end.
  template <typename T>
  T drive(Task<T> task) {
    task.start();
    for (;;) {
      ready_.run();
      if (task.done()) return task.take();
      turn();
    }
  }

 private:
  void turn();
  void read_signals();

  ReadyQueue ready_;
  Timers timers_;
  AppendFile journal_;
  ConnectTo connect_to_;
  HttpClient client_;
  std::list<std::unique_ptr<Child>> children_;
  TcpStream::Open streams_;
  /// A coroutine that waits for a descriptor of somebody else's.
  struct Awaited {
    int descriptor;
    Readiness wanted;
    Waiter waiter;
    std::size_t watched_at = 0;
  };
  std::list<Awaited> awaited_;
  int signals_ = -1;
  int interrupts_ = 0;
};

/// What the variable `NMX_CONNECT_TO` says, which `nmx lab` prints. `lab` sends a.b.c.d to 127.b.c.d and ports below
/// 1024 to 20000 + port, where the lab's guests answer; `lab:21024` begins at another port. Loopback and names stay as
/// they are. Empty or anything else: connections go where they are meant to, by a null function.
ConnectTo connect_to_from(std::string_view setting);

}  // namespace nmx
