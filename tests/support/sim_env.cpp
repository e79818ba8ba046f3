#include "tests/support/sim_env.hpp"

#include <algorithm>
#include <stdexcept>

namespace nmx::test {

std::uint64_t Dice::next() {
  state_ += 0x9e3779b97f4a7c15u;
  auto mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

Task<HttpResult> SimReality::http(Env&, HttpRequest) {
  co_return HttpFailure{HttpFailure::Kind::refused, false, "nobody listens"};
}

SimEnv::SimEnv(std::uint64_t seed, SimReality& reality, Milliseconds start, std::string& journal)
    : dice_(seed), reality_(reality), now_(start), journal_(journal) {}

Task<Done> SimEnv::sleep(Milliseconds duration) {
  Suspend until_due{[&](Waiter waiter) { timers_.add(now_ + duration, waiter); }};
  co_await until_due;
  co_return Done{};
}

Task<Status> SimEnv::append(std::string record) {
  Suspend until_durable{[&](Waiter waiter) {
    pending_ += record;
    waiting_.push_back(waiter);
  }};
  co_await until_durable;
  co_return journal_status_;
}

Task<Result<ChildResult>> SimEnv::run(ChildCommand) { co_return Error{"there are no programs here"}; }

int SimEnv::interrupts() {
  return (interrupt_at != 0 && events_ >= interrupt_at ? 1 : 0) +
         (interrupt_again_at != 0 && events_ >= interrupt_again_at ? 1 : 0);
}

void SimEnv::turn() {
  if (ready_.step()) return;
  if (!waiting_.empty()) {
    commit();
    return;
  }
  auto next = timers_.next();
  const auto outside = reality_.next();
  if (!next && !outside) throw std::logic_error("everything waits and nothing will happen");
  if (!next || (outside && *outside < *next)) next = outside;
  now_ = std::max(now_, *next);
  reality_.advance(now_);
  timers_.release(now_);
}

void SimEnv::commit() {
  if (disk_full_at != 0 && events_ >= disk_full_at && journal_status_) {
    journal_ += pending_.substr(0, dice_.below(pending_.size() + 1));
    journal_status_ = Error{"cannot write the journal: no space left on device"};
  }
  if (journal_status_) journal_ += pending_;
  pending_.clear();
  for (const auto& waiter : waiting_) waiter.wake();
  waiting_.clear();
}

void SimEnv::crash() {
  // Of what was not synced any beginning may have reached the disk.
  if (journal_status_) journal_ += pending_.substr(0, dice_.below(pending_.size() + 1));
}

void SimEnv::trace(std::string_view what) {
  const auto mix = [this](unsigned char byte) { hash_ = (hash_ ^ byte) * 1099511628211u; };
  for (const char c : what) mix(static_cast<unsigned char>(c));
  for (int shift = 0; shift < 64; shift += 8) mix(static_cast<unsigned char>(now_.count() >> shift));
}

}  // namespace nmx::test
