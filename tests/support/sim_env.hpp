#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/apply.hpp"
#include "planner/runtime/env.hpp"
#include "planner/runtime/timers.hpp"

namespace nmx::test {

/// Numbers that look random and are the same for the same seed, on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 … `sides` - 1.
  std::uint64_t below(std::uint64_t sides) { return next() % sides; }
  bool percent(int chance) { return below(100) < static_cast<std::uint64_t>(chance); }

 private:
  std::uint64_t state_;
};

/// What is outside of nmx and goes on when nmx dies.
class SimReality {
 public:
  virtual ~SimReality() = default;
  /// When something happens next by itself.
  virtual std::optional<Milliseconds> next() = 0;
  /// Everything up to `now` happens.
  virtual void advance(Milliseconds now) = 0;
  virtual Task<HttpResult> http(Env& env, HttpRequest request);
};

/// A journal that lies where its Env appends.
class EnvJournal : public JournalSink {
 public:
  explicit EnvJournal(Env& env) : env_(env) {}
  Task<Status> append(std::string record) override { return env_.append(std::move(record)); }

 private:
  Env& env_;
};

/// An Env with a clock that jumps to what happens next, a journal in memory, and a crash, a Ctrl-C or a full disk at
/// any event. An event is one coroutine going on, one commit of the journal, or one jump of the clock.
class SimEnv : public Env {
 public:
  /// `journal`: what is on disk; grows by what is committed.
  SimEnv(std::uint64_t seed, SimReality& reality, Milliseconds start, std::string& journal);

  std::uint64_t crash_at = 0;      // 0: never
  std::uint64_t interrupt_at = 0;  // the first Ctrl-C
  std::uint64_t interrupt_again_at = 0;
  std::uint64_t disk_full_at = 0;

  std::int64_t wall_ms() override { return 1'700'000'000'000 + now_.count(); }
  Milliseconds now() override { return now_; }
  std::uint64_t random() override { return dice_.next(); }
  Task<HttpResult> http(HttpRequest request) override { return reality_.http(*this, std::move(request)); }
  Task<Done> sleep(Milliseconds duration) override;
  Status open_journal(const std::filesystem::path&) override { return Done{}; }
  void close_journal() override {}
  Task<Status> append(std::string record) override;
  Task<Result<ChildResult>> run(ChildCommand command) override;
  int interrupts() override;
  std::pair<std::string, std::uint16_t> connect_to(const std::string& host, std::uint16_t port) override {
    return {host, port};
  }

  /// Runs a task to its end; nothing when it crashed.
  template <typename T>
  std::optional<T> drive(Task<T> task) {
    task.start();
    while (!task.done()) {
      if (++events_ == crash_at) {
        crash();
        return std::nullopt;
      }
      turn();
    }
    return task.take();
  }

  /// Notes something for `hash`.
  void trace(std::string_view what);
  /// Of everything that was traced, with the times: equal runs have equal hashes.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t events() const { return events_; }

 private:
  void turn();
  void commit();
  void crash();

  ReadyQueue ready_;
  Timers timers_;
  Dice dice_;
  SimReality& reality_;
  Milliseconds now_;
  std::string& journal_;
  std::string pending_;
  std::vector<Waiter> waiting_;
  Status journal_status_ = Done{};
  std::uint64_t events_ = 0;
  std::uint64_t hash_ = 14695981039346656037u;
};

}  // namespace nmx::test
