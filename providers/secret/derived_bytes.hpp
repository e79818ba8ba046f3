#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nmx::secret {

/// Bytes that look random and are the same at every run: HMAC-SHA-256 by a key over a label and a counter.
class DerivedBytes {
 public:
  DerivedBytes(std::string_view key, std::string_view label);
  ~DerivedBytes();
  DerivedBytes(const DerivedBytes&) = delete;
  DerivedBytes& operator=(const DerivedBytes&) = delete;

  std::string take(std::size_t count);
  /// A number below `limit` (at most 256), each as likely as the others.
  std::size_t below(std::size_t limit);

 private:
  void refill();
  std::string key_;
  std::string label_;
  std::string ready_;
  std::uint32_t counter_ = 0;
};

}  // namespace nmx::secret
