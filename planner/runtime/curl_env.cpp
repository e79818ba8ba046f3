#include "planner/runtime/curl_env.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace nmx {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

sigset_t interrupting() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

ConnectTo connect_to_from(std::string_view setting) {
  std::uint16_t base = 20'000;
  if (setting.substr(0, 4) == "lab:") {
    const auto digits = setting.substr(4);
    std::from_chars(digits.data(), digits.data() + digits.size(), base);
  } else if (setting != "lab") {
    return nullptr;
  }
  return [base](const std::string& host, std::uint16_t port) -> std::pair<std::string, std::uint16_t> {
    in_addr address{};
    if (inet_pton(AF_INET, host.c_str(), &address) != 1 || host.rfind("127.", 0) == 0) return {host, port};
    // A second lab on this machine begins 1024 further, and moves the other ports by one to stay apart from the first.
    const int moved = port < 1024 ? base + port : port + (base - 20'000) / 1024;
    return {"127" + host.substr(host.find('.')), static_cast<std::uint16_t>(moved)};
  };
}

CurlEnv::CurlEnv()
    : connect_to_(connect_to_from(variable("NMX_CONNECT_TO"))), client_(variable("NMX_LOG") == "debug", connect_to_) {
  const auto signals = interrupting();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  signal(SIGPIPE, SIG_IGN);
}

CurlEnv::~CurlEnv() {
  close(signals_);
  const auto signals = interrupting();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

std::int64_t CurlEnv::wall_ms() {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Milliseconds CurlEnv::now() {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

std::uint64_t CurlEnv::random() {
  std::uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) std::abort();
  return value;
}

Task<HttpResult> CurlEnv::http(HttpRequest request) {
  struct Running {
    HttpClient& client;
    HttpClient::Transfer* transfer = nullptr;
    ~Running() {
      if (transfer != nullptr) client.abandon(transfer);
    }
  } running{client_};
  Suspend until_answered{[&](Waiter waiter) { running.transfer = client_.start(std::move(request), waiter); }};
  co_await until_answered;
  co_return client_.take(std::exchange(running.transfer, nullptr));
}

Task<Result<std::unique_ptr<Stream>>> CurlEnv::connect(std::string host, std::uint16_t port, Milliseconds limit) {
  return connect_tcp(this, &streams_, std::move(host), port, limit);
}

Task<Done> CurlEnv::until_ready(int descriptor, Readiness wanted) {
  Suspend ready{[&](Waiter waiter) { awaited_.push_back({descriptor, wanted, std::move(waiter)}); }};
  co_await ready;
  co_return Done{};
}

Task<Done> CurlEnv::sleep(Milliseconds duration) {
  Suspend until_due{[&](Waiter waiter) { timers_.add(now() + duration, waiter); }};
  co_await until_due;
  co_return Done{};
}

Task<Status> CurlEnv::append(std::string record) {
  Suspend until_durable{[&](Waiter waiter) { journal_.add(std::move(record), waiter); }};
  co_await until_durable;
  co_return journal_.status();
}

Task<Result<ChildResult>> CurlEnv::run(ChildCommand command) {
  struct Running {
    std::list<std::unique_ptr<Child>>& children;
    Child* child = nullptr;
    std::optional<Error> error = {};
    ~Running() {
      children.remove_if([&](const auto& one) { return one.get() == child; });
    }
  } running{children_};
  Suspend until_gone{[&](Waiter waiter) {
    auto started = Child::start(command, waiter);
    if (!started) {
      running.error = started.error();
      waiter.wake();
      return;
    }
    running.child = started->get();
    children_.push_back(std::move(*started));
    timers_.add(now() + command.timeout, waiter);
  }};
  co_await until_gone;
  if (running.error) co_return *running.error;
  if (!running.child->ended()) {
    co_return Error{fmt::format("`{}` was stopped: it took longer than {} s", command.arguments.front(),
                                command.timeout.count() / 1000)};
  }
  co_return running.child->take();
}

std::pair<std::string, std::uint16_t> CurlEnv::connect_to(const std::string& host, std::uint16_t port) {
  return connect_to_ ? connect_to_(host, port) : std::pair(host, port);
}

void CurlEnv::read_signals() {
  std::array<signalfd_siginfo, 8> infos;
  const auto bytes = read(signals_, infos.data(), sizeof infos);
  if (bytes > 0) interrupts_ += static_cast<int>(static_cast<std::size_t>(bytes) / sizeof infos[0]);
  // The third time the user means it: what is in flight is journalled and will be looked up by the next run.
  if (interrupts_ > 2) _exit(130);
}

/// Nothing is ready any more: the journal, then a look at the world, which is a wait only when nothing is left to do.
void CurlEnv::turn() {
  if (journal_.pending()) journal_.commit();
  auto limit = Milliseconds{1000};
  if (const auto next = timers_.next()) limit = std::clamp(*next - now(), Milliseconds{0}, limit);
  if (!ready_.empty()) limit = Milliseconds{0};
  std::vector<HttpClient::Watched> watched{{signals_, true, false}};
  for (const auto& child : children_) child->watch(watched);
  for (auto* stream : streams_) stream->watch(watched);
  awaited_.remove_if([](const Awaited& one) { return !one.waiter.alive(); });
  for (auto& one : awaited_) {
    one.watched_at = watched.size();
    watched.push_back({one.descriptor, one.wanted == Readiness::readable, one.wanted == Readiness::writable});
  }
  client_.poll(watched, limit);
  if (watched.front().ready) read_signals();
  for (const auto& child : children_) {
    if (child->advance()) child->waiting().wake();
  }
  for (auto* stream : streams_) stream->advance(watched);
  for (const auto& one : awaited_) {
    if (watched[one.watched_at].ready) one.waiter.wake();
  }
  timers_.release(now());
}

}  // namespace nmx
