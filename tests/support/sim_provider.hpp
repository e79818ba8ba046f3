#pragma once

#include <map>
#include <memory>
#include <string>

#include "planner/apply.hpp"
#include "tests/support/sim_env.hpp"

namespace nmx::test {

/// Chances, in percent, of what goes wrong with a request.
struct Faults {
  int refused = 0;          // nothing happens, an error says so
  int lost = 0;             // it happens, and the answer is lost
  int late = 0;             // the answer is lost, and it happens some time later, perhaps after a crash
  int half = 0;             // a part of it happens, then it fails
  int slow = 0;             // it takes far longer than the operation's timeout
  int silent = 0;           // the question what became of it gets no answer
  int survives_crash = 50;  // a request under way when nmx dies still takes effect
};

/// One real thing: made under a number that nmx chose, and the server takes each number once.
struct SimObject {
  std::string mark;  // the address
  std::int64_t shape = 0;
  std::string uid;  // the server's choice
  bool configured = false;
  Object settings;
};

/// A server that goes on when nmx dies.
class SimWorld : public SimReality {
 public:
  explicit SimWorld(std::uint64_t seed) : dice_(seed) {}
  std::map<std::string, SimObject> objects;
  Faults faults;
  Dice& dice() { return dice_; }
  std::uint64_t requests = 0;
  std::uint64_t refusals = 0;

  /// What a request comes to when it takes effect.
  using Reply = std::shared_ptr<std::optional<Result<Answer>>>;  // shared by the request and the effect to come
  void schedule(Milliseconds when, Operation operation, bool half, Reply reply);
  /// nmx died: requests that did not take effect yet do so later, or never.
  void crash();

  std::optional<Milliseconds> next() override;
  void advance(Milliseconds now) override;

 private:
  struct Coming {
    Operation operation;
    bool half;
    Reply reply;
  };
  Result<Answer> effect(const Operation& operation, bool half);
  Dice dice_;
  std::uint64_t born_ = 0;
  std::multimap<Milliseconds, Coming> coming_;
};

/// How nmx talks to that server.
class SimProvider : public Provider, public ProviderSource {
 public:
  SimProvider(SimWorld& world, SimEnv& env) : world_(world), env_(env) {}
  Task<Result<Facts>> connect() override;
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override;
  Task<Result<Answer>> execute(Operation operation) override;
  Task<Result<Reconciled>> reconcile(Operation operation) override;
  Task<Result<Provider*>> provider(std::string name) override;
  std::uint32_t schema_version(const std::string&) const override { return 1; }

  /// Requests under way, and the most there ever were.
  int running = 0;
  int most = 0;
  /// Conflict names of what is under way; `overlaps` counts what must never be.
  std::map<std::string, int> held;
  int overlaps = 0;
  /// Requests that were sent before the journal said so.
  std::function<bool(const Operation&)> announced = {};
  int unannounced = 0;

 private:
  SimWorld& world_;
  SimEnv& env_;
};

Answer answer_of(const std::string& number, const SimObject& object);

}  // namespace nmx::test
