#include "tests/simulation/simulation.hpp"

#include <fmt/core.h>

#include <set>

#include "planner/state_file.hpp"

namespace nmx::test {
namespace {

/// What survives a crash of nmx.
struct Disk {
  std::string state;
  std::string journal;
};

class Watching : public ApplyObserver {
 public:
  explicit Watching(SimEnv& env) : env_(env) {}
  void started(const Operation& operation) override {
    env_.trace("start " + operation.summary);
    for (const auto before : operation.after) too_early_ = too_early_ || !done_.contains(before);
  }
  void progress(const Operation&, std::string_view) override {}
  void finished(const Operation& operation, Milliseconds) override {
    env_.trace("done " + operation.summary);
    done_.insert(operation.id);
  }
  void failed(const Operation& operation, const Error& error, Milliseconds) override {
    env_.trace("failed " + operation.summary + error.message);
  }
  void notice(std::string_view text) override { env_.trace(text); }
  /// Something was sent before what it needs was done.
  bool too_early() const { return too_early_; }

 private:
  SimEnv& env_;
  std::set<std::size_t> done_;
  bool too_early_ = false;
};

struct Ran {
  bool nothing_to_do = false;
  bool recovered = false;
  std::string complaint;
};

/// One run of nmx: what the command line does, with crashes possible at every step.
class Run {
 public:
  Run(const Site& site, SimWorld& world, SimEnv& env, Disk& disk, const StateKey& key, bool exact)
      : site_(site),
        world_(world),
        env_(env),
        disk_(disk),
        key_(key),
        exact_(exact),
        provider_(world, env),
        watching_(env) {}

  Task<Ran> go() {
    Ran ran;
    auto state = read_state(disk_.state, key_);
    if (!state) co_return failed(state.error());
    const Seal seal(key_, state->lineage);
    std::vector<Intent> unknown;
    if (!disk_.journal.empty()) {
      ran.recovered = true;
      auto journal = read_journal(disk_.journal, seal, state->lineage);
      if (!journal) co_return failed(journal.error());
      auto recovering = recover(std::move(*state), std::move(*journal), env_, provider_, watching_);
      auto recovery = co_await recovering;
      state = std::move(recovery.state);
      unknown = std::move(recovery.unknown);
      if (recovery.changed) disk_.state = write_state(*state, key_);
      if (exact_) ran.complaint = ignorance(*state, world_);
      if (!ran.complaint.empty()) co_return ran;
      auto moment = env_.sleep(Milliseconds{1});
      co_await moment;
    }
    const auto plan = plan_site(site_, *state, world_);
    if (plan.operations.empty() && plan.refreshed.empty() && plan.forgotten.empty()) {
      ran.nothing_to_do = true;
      // Whatever was open is decided: the world is as wanted.
      disk_.journal.clear();
      co_return ran;
    }
    JournalWriter journal(seal, state->lineage, state->serial);
    disk_.journal = text_of(journal, unknown);
    provider_.announced = [this](const Operation& operation) {
      return disk_.journal.find(operation.summary) != std::string::npos;
    };
    auto applying = apply(plan, std::move(*state), {env_, provider_, watching_, journal, sink_}, {8, {}});
    auto result = co_await applying;
    unknown = still_unknown(std::move(unknown), plan, result);
    disk_.state = write_state(result.state, key_);
    auto moment = env_.sleep(Milliseconds{1});
    co_await moment;
    JournalWriter rest(seal, result.state.lineage, result.state.serial);
    disk_.journal = unknown.empty() ? std::string() : text_of(rest, unknown);
    if (provider_.overlaps > 0) ran.complaint = "operations that conflict overlapped";
    if (watching_.too_early()) ran.complaint = "a request was sent before what it needs was done";
    if (provider_.most > 8) ran.complaint = "too many at once";
    if (provider_.unannounced > 0) ran.complaint = "a request was sent before its intent was on disk";
    co_return ran;
  }

 private:
  static Ran failed(const Error& error) { return {false, false, error.message}; }
  static std::string text_of(JournalWriter& writer, const std::vector<Intent>& unknown) {
    auto text = writer.begin();
    for (std::size_t i = 0; i < unknown.size(); ++i) {
      auto intent = unknown[i];
      intent.operation.id = 1'000'000 + i;
      text += writer.intent(intent);
    }
    return text;
  }

  const Site& site_;
  SimWorld& world_;
  SimEnv& env_;
  Disk& disk_;
  const StateKey& key_;
  bool exact_;
  SimProvider provider_;
  Watching watching_;
  EnvJournal sink_{env_};
};

/// A whole life, one run after the other.
class Living {
 public:
  Living(std::uint64_t seed, const Troubles& troubles)
      : dice_(seed), troubles_(troubles), world_(dice_.next()), key_(StateKey::from_bytes(std::string(32, 'k'))) {
    State state;
    state.lineage = fmt::format("lineage-{}", seed);
    disk_.state = write_state(state, key_);
  }

  Life live() {
    auto site = random_site(dice_, troubles_.objects);
    for (int change = 0; change < 3 && life_.complaint.empty(); ++change) {
      reach(site);
      site = changed_site(site, dice_);
    }
    life_.refusals = world_.refusals;
    return life_;
  }

 private:
  void reach(const Site& site) {
    world_.faults = troubles_.faults;
    for (int i = 0; i < troubles_.troubled_applies && life_.complaint.empty(); ++i) run(site, true);
    world_.faults = {};
    // What is late lands now; then three calm runs are plenty.
    bool settled = false;
    for (int i = 0; i < 4 && !settled && life_.complaint.empty(); ++i) {
      settled = run(site, false) && !world_.next();
      now_ += Milliseconds{10'000};
      world_.advance(now_);
    }
    if (!life_.complaint.empty()) return;
    if (!settled) {
      life_.complaint = "it never comes to rest";
      return;
    }
    const auto state = read_state(disk_.state, key_);
    life_.complaint = state ? complaint(site, *state, world_) : state.error().message;
  }

  /// True when there was nothing to do.
  bool run(const Site& site, bool trouble) {
    SimEnv env(dice_.next(), world_, now_, disk_.journal);
    const auto somewhere = [this] { return 1 + dice_.below(600); };
    if (trouble && troubles_.crash && dice_.percent(60)) env.crash_at = somewhere();
    if (trouble && troubles_.interrupt && dice_.percent(30)) env.interrupt_at = somewhere();
    if (trouble && troubles_.interrupt && dice_.percent(20)) env.interrupt_again_at = env.interrupt_at + somewhere();
    if (trouble && troubles_.disk_full && dice_.percent(10)) env.disk_full_at = somewhere();
    Run run(site, world_, env, disk_, key_, troubles_.exact);
    const auto ran = env.drive(run.go());
    ++life_.applies;
    now_ = env.now();
    if (!ran) {
      ++life_.crashes;
      world_.crash();
    } else {
      if (ran->recovered) ++life_.recoveries;
      if (!ran->complaint.empty()) life_.complaint = ran->complaint;
    }
    life_.hash = life_.hash * 1099511628211u ^ env.hash() ^ env.events();
    for (const auto* text : {&disk_.state, &disk_.journal}) {
      if (text->find(canary) != std::string::npos) life_.complaint = "a secret is on disk in the clear";
    }
    return ran && ran->nothing_to_do;
  }

  Dice dice_;
  const Troubles& troubles_;
  SimWorld world_;
  StateKey key_;
  Disk disk_;
  Milliseconds now_{0};
  Life life_;
};

}  // namespace

Life live(std::uint64_t seed, const Troubles& troubles) { return Living(seed, troubles).live(); }

Troubles random_troubles(std::uint64_t seed) {
  Dice dice(seed * 77 + 1);
  Troubles troubles;
  for (int* chance : {&troubles.faults.refused, &troubles.faults.lost, &troubles.faults.late, &troubles.faults.half,
                      &troubles.faults.slow, &troubles.faults.silent}) {
    if (dice.percent(50)) *chance = static_cast<int>(dice.below(25));
  }
  troubles.faults.survives_crash = static_cast<int>(dice.below(101));
  troubles.objects = 5 + static_cast<int>(dice.below(40));
  return troubles;
}

}  // namespace nmx::test
