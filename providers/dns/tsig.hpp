#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "providers/dns/message.hpp"

namespace nmx::dns {

/// A key that signs messages (RFC 8945), always with HMAC-SHA256.
struct TsigKey {
  std::string name;    // full
  std::string secret;  // the bytes, not their base64
};

struct SignedMessage {
  std::string bytes;
  /// The answer's signature covers it.
  std::string mac;
};

/// `bytes`: a message without a signature. `seconds`: since 1970.
SignedMessage sign(const TsigKey& key, std::string bytes, std::int64_t seconds);

/// Checks the signatures of the answer to one request, which may come in several messages.
class TsigCheck {
 public:
  TsigCheck(const TsigKey& key, std::string request_mac) : key_(key), mac_(std::move(request_mac)) {}

  /// Of messages between two signed ones a server may leave the signature out; `end` then finds what was never covered.
  /// Errors: the signature is wrong, or says what the server holds against ours.
  Status check(std::string_view bytes, const Message& message);
  /// After the last message.
  Status end() const;

 private:
  TsigKey key_;
  std::string mac_;
  /// Messages since the last signed one.
  std::string uncovered_;
  bool first_ = true;
};

}  // namespace nmx::dns
