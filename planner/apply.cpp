#include "planner/apply.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "planner/ledger.hpp"
#include "planner/runtime/semaphore.hpp"
#include "planner/runtime/within.hpp"
#include "planner/schedule.hpp"

namespace nmx {
namespace {

constexpr Milliseconds glance{100};
constexpr Milliseconds heartbeat_every{10'000};
/// Without a heartbeat for so long, by the clock on the wall, nothing is sent before one came through.
constexpr std::int64_t silence_ms = 30'000;
/// So many operations may have their intent on disk before there is a place to send them: the more, the more records
/// share one sync.
constexpr int ahead = 64;

/// What became of an operation that was sent; no fate: nobody knows.
struct Sent {
  std::optional<Fate> fate;
  Answer answer;
  Error error;
};

class Applying {
 public:
  Applying(const Plan& plan, State state, ApplyPorts ports, ApplyOptions options)
      : plan_(plan),
        ports_(ports),
        options_(std::move(options)),
        ledger_(plan, std::move(state)),
        schedule_(plan.operations),
        places_(std::max(options_.parallelism, 1)),
        heard_ms_(ports.env.wall_ms()) {}

  ~Applying() {
    for (auto* provider : reporting_) provider->report_to({});
  }
  Applying(const Applying&) = delete;
  Applying& operator=(const Applying&) = delete;

  Task<ApplyResult> run() {
    if (!plan_.refreshed.empty() || !plan_.forgotten.empty()) {
      ledger_.fold();
      auto writing = ports_.sink.append(ports_.journal.folded({plan_.refreshed, plan_.forgotten}));
      const auto written = co_await writing;
      if (!written) stop(written.error());
    }
    auto watching = watch();
    watching.start();
    auto living = stay_alive();
    if (options_.heartbeat) living.start();
    for (;;) {
      admit();
      if (under_way_.empty() || ports_.env.interrupts() > 1) break;
      co_await changed_;
      for (const auto id : over_) {
        under_way_.erase(id);
        if (is_batched(id)) --batched_;
      }
      over_.clear();
    }
    co_return conclude();
  }

 private:
  struct UnderWay {
    Task<Done> task;
    /// Set while it is not known whether it took effect.
    std::optional<Intent> sent;
  };

  /// It is sent together with others, and takes no place of its own.
  bool is_batched(std::size_t id) const { return !plan_.operations[id].batch.empty(); }
  bool stopping() { return broken_ || ports_.env.interrupts() > 0; }
  void stop(const Error& why) {
    if (!broken_) ports_.observer.notice(why.message);
    broken_ = true;
  }

  /// Notices Ctrl-C.
  Task<Done> watch() {
    int seen = 0;
    for (;;) {
      auto pause = ports_.env.sleep(glance);
      co_await pause;
      if (ports_.env.interrupts() != seen) {
        seen = ports_.env.interrupts();
        changed_.give();
      }
    }
  }

  /// Keeps the lock alive.
  Task<Done> stay_alive() {
    while (!broken_) {
      auto pause = ports_.env.sleep(heartbeat_every);
      co_await pause;
      auto beating = beat();
      co_await beating;
    }
    co_return Done{};
  }

  Task<Done> beat() {
    auto beating = options_.heartbeat();
    const auto alive = co_await beating;
    if (alive) heard_ms_ = ports_.env.wall_ms();
    if (!alive) stop(alive.error());
    co_return Done{};
  }

  void admit() {
    const auto limit = static_cast<std::size_t>(std::max(options_.parallelism, ahead));
    while (!stopping() && under_way_.size() - batched_ < limit) {
      const auto id = schedule_.next();
      if (!id) return;
      if (is_batched(*id)) ++batched_;
      auto& slot = under_way_[*id];
      slot.task = carry_out(*id);
      slot.task.start();
    }
  }

  Task<Done> carry_out(std::size_t id) {
    auto stepping = step(id);
    co_await stepping;
    over_.push_back(id);
    changed_.give();
    co_return Done{};
  }

  Task<Done> step(std::size_t id) {
    const auto& operation = plan_.operations[id];
    const auto intent = ledger_.intent(operation, ports_.providers.schema_version(operation.type));
    if (!intent) {
      give_up(operation, intent.error(), Milliseconds{0});
      co_return Done{};
    }
    auto writing = ports_.sink.append(ports_.journal.intent(*intent));
    const auto written = co_await writing;
    if (!written) {
      stop(written.error());
      leave(operation, "the journal could not be written");
      co_return Done{};
    }
    std::optional<Semaphore::Place> place;
    if (!is_batched(id)) {
      auto acquiring = places_.acquire();
      place = co_await acquiring;
    }
    // After a sleep of the whole machine somebody else may have taken over: asked before anything more is sent.
    if (options_.heartbeat && ports_.env.wall_ms() - heard_ms_ > silence_ms) {
      auto living = beat();
      co_await living;
    }
    if (stopping()) {
      place.reset();
      auto withdrawing = ports_.sink.append(ports_.journal.failure({id}));
      co_await withdrawing;
      leave(operation, "interrupted before it was sent");
      co_return Done{};
    }
    ledger_.begin(operation);
    under_way_[id].sent = *intent;
    ports_.observer.started(operation);
    const auto began = ports_.env.now();
    auto sending = send(intent->operation);
    const auto sent = co_await sending;
    place.reset();
    auto settling = settle(*intent, sent, began);
    co_await settling;
    co_return Done{};
  }

  Task<Sent> send(Operation operation) {
    Sent sent;
    if (auto settled = ports_.providers.settle(operation.provider, ledger_.answers()); !settled) {
      sent.fate = Fate::not_done;
      sent.error = settled.error();
      co_return sent;
    }
    auto connecting = ports_.providers.provider(operation.provider);
    const auto provider = co_await connecting;
    if (!provider) {
      sent.fate = Fate::not_done;
      sent.error = provider.error();
      co_return sent;
    }
    reporting_.insert(*provider);
    (*provider)->report_to(
        [this](std::size_t id, std::string_view what) { ports_.observer.progress(plan_.operations[id], what); });
    const Milliseconds limit(operation.timeout_ms);
    auto executing = within(&ports_.env, limit, (*provider)->execute(operation));
    auto answer = co_await executing;
    if (answer && *answer) {
      sent.fate = Fate::done;
      sent.answer = std::move(**answer);
      co_return sent;
    }
    sent.error = answer ? answer->error()
                        : Error{fmt::format("cannot {}: no end after {} s", operation.summary, limit.count() / 1000)};
    // An error does not say that nothing happened: the answer may be what was lost.
    ports_.observer.progress(operation, "asking what became of it");
    auto asking = within(&ports_.env, limit, (*provider)->reconcile(operation));
    auto told = co_await asking;
    if (told && *told) {
      sent.fate = (*told)->fate;
      sent.answer = std::move((*told)->answer);
    }
    co_return sent;
  }

  Task<Done> settle(Intent intent, Sent sent, Milliseconds began) {
    const auto& operation = plan_.operations[intent.operation.id];
    const auto took = ports_.env.now() - began;
    if (!sent.fate) {
      result_.unknown.push_back(std::move(intent));
      under_way_[operation.id].sent.reset();
      give_up(operation, sent.error, took);
      co_return Done{};
    }
    const auto record = *sent.fate == Fate::not_done
                            ? ports_.journal.failure({operation.id})
                            : ports_.journal.result(ledger_.record(intent, sent.answer, *sent.fate, took));
    under_way_[operation.id].sent.reset();
    auto writing = ports_.sink.append(record);
    const auto written = co_await writing;
    if (!written) stop(written.error());
    if (*sent.fate == Fate::done) {
      ++result_.finished;
      ports_.observer.finished(operation, took);
      schedule_.done(operation.id);
    } else {
      give_up(operation, sent.error, took);
    }
    co_return Done{};
  }

  void give_up(const Operation& operation, const Error& error, Milliseconds took) {
    ports_.observer.failed(operation, error, took);
    result_.failed.push_back({operation.id, error});
    hinder(operation, "failed");
  }
  void leave(const Operation& operation, std::string why) {
    result_.not_started.push_back({operation.id, Error{std::move(why)}});
    hinder(operation, "was not started");
  }
  void hinder(const Operation& operation, std::string_view what) {
    for (const auto& hindered : schedule_.fail(operation.id)) {
      const bool same_object = plan_.operations[hindered.operation].address == operation.address;
      const auto missing = same_object ? operation.summary : to_string(operation.address);
      result_.not_started.push_back({hindered.operation, Error{fmt::format("needs {}, which {}", missing, what)}});
    }
  }

  ApplyResult conclude() {
    for (auto& [id, running] : under_way_) {
      if (running.sent) {
        result_.failed.push_back({id, Error{"interrupted while it ran; the next run finds out what became of it"}});
        result_.unknown.push_back(std::move(*running.sent));
      }
    }
    under_way_.clear();
    for (const auto id : schedule_.rest()) result_.not_started.push_back({id, Error{"interrupted"}});
    const auto by_operation = [](const OperationProblem& a, const OperationProblem& b) {
      return a.operation < b.operation;
    };
    std::sort(result_.failed.begin(), result_.failed.end(), by_operation);
    std::sort(result_.not_started.begin(), result_.not_started.end(), by_operation);
    const bool whole = result_.failed.empty() && result_.not_started.empty() && !broken_;
    if (!whole) {
      result_.end = ports_.env.interrupts() > 0 ? ApplyResult::End::interrupted : ApplyResult::End::failed;
    }
    result_.state = std::move(ledger_).finish();
    return std::move(result_);
  }

  const Plan& plan_;
  ApplyPorts ports_;
  ApplyOptions options_;
  Ledger ledger_;
  Schedule schedule_;
  Semaphore places_;
  ApplyResult result_;
  std::map<std::size_t, UnderWay> under_way_;
  /// How many of these are sent together with others.
  std::size_t batched_ = 0;
  std::vector<std::size_t> over_;
  detail::Signal changed_;
  std::int64_t heard_ms_;
  /// They outlive this, and are told so.
  std::set<Provider*> reporting_;
  /// The journal or the lock is lost: nothing more may be sent.
  bool broken_ = false;
};

}  // namespace

std::vector<Intent> still_unknown(std::vector<Intent> earlier, const Plan& plan, const ApplyResult& result) {
  std::set<Address> settled;
  for (const auto& operation : plan.operations) settled.insert(operation.address);
  for (const auto* problems : {&result.failed, &result.not_started}) {
    for (const auto& problem : *problems) settled.erase(plan.operations[problem.operation].address);
  }
  std::vector<Intent> unknown;
  for (auto& intent : earlier) {
    if (!settled.contains(intent.operation.address)) unknown.push_back(std::move(intent));
  }
  unknown.insert(unknown.end(), result.unknown.begin(), result.unknown.end());
  return unknown;
}

Task<ApplyResult> apply(const Plan& plan, State state, ApplyPorts ports, ApplyOptions options) {
  Applying applying(plan, std::move(state), ports, std::move(options));
  auto running = applying.run();
  co_return co_await running;
}

}  // namespace nmx
