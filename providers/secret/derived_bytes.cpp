#include "providers/secret/derived_bytes.hpp"

#include <cassert>

#include "planner/seal.hpp"
#include "providers/support/digest.hpp"

namespace nmx::secret {

DerivedBytes::DerivedBytes(std::string_view key, std::string_view label) : key_(key), label_(label) {}

DerivedBytes::~DerivedBytes() {
  wipe(key_);
  wipe(ready_);
}

void DerivedBytes::refill() {
  ready_ += hmac_sha256(key_, label_ + '\0' + std::to_string(counter_));
  ++counter_;
}

std::string DerivedBytes::take(std::size_t count) {
  while (ready_.size() < count) refill();
  auto taken = ready_.substr(0, count);
  ready_.erase(0, count);
  return taken;
}

std::size_t DerivedBytes::below(std::size_t limit) {
  assert(limit > 0 && limit <= 256);
  // Bytes past the last whole multiple would make the small numbers likelier.
  const std::size_t fair = 256 - 256 % limit;
  for (;;) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    if (byte < fair) return byte % limit;
  }
}

}  // namespace nmx::secret
