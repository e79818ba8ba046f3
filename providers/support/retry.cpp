#include "providers/support/retry.hpp"

#include <algorithm>

namespace nmx {

Milliseconds Backoff::wait(std::uint64_t random) {
  const auto whole = next_.count();
  const auto half = whole / 2;
  const auto spread = static_cast<std::uint64_t>(whole - half + 1);
  next_ = std::min(next_ * 2, ceiling_);
  return Milliseconds(half + static_cast<std::int64_t>(random % spread));
}

Milliseconds Cadence::wait() {
  const auto wait = steps_[at_];
  if (at_ + 1 < steps_.size()) ++at_;
  return wait;
}

}  // namespace nmx
