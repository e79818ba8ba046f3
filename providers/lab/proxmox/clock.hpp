#pragma once

#include <chrono>
#include <cstdint>

namespace nmx::lab::proxmox {

/// The lab's time. Durations of a real cluster are divided by the speed; the time of day is the real one.
class Clock {
 public:
  explicit Clock(double speed) : speed_(speed) {}
  std::chrono::milliseconds scaled(std::chrono::milliseconds real) const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(real.count()) / speed_));
  }
  std::chrono::steady_clock::time_point now() const { return std::chrono::steady_clock::now(); }
  std::int64_t unix_seconds() const {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

 private:
  double speed_;
};

}  // namespace nmx::lab::proxmox
