#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// 32 bytes in locked memory, wiped when the last copy goes.
class StateKey {
 public:
  /// From `setting` (the content of `NMX_STATE_KEY`: 64 hexadecimal digits, base64 of 32 bytes, or the path of a key
  /// file), or, where that is empty, from `file`, which is made (random, mode 0600) when it is missing.
  /// Errors: no such form, a file of the wrong size, one that others may read.
  static Result<StateKey> load(std::string_view setting, const std::filesystem::path& file);
  static StateKey from_bytes(std::string_view bytes);
  const unsigned char* bytes() const { return bytes_.get(); }

 private:
  std::shared_ptr<unsigned char> bytes_;  // shared by copies, so that it is in memory once
};

/// Hides single values of a state and derives the values that nmx generates. Everything it makes is a function of the
/// key and its arguments, so that the same state gives the same bytes.
class Seal {
 public:
  Seal(StateKey key, std::string lineage);

  /// Base64 of nonce and XChaCha20-Poly1305 text. `place` (`secret.db/value`) must be the same when it is opened.
  std::string close(std::string_view place, std::string_view plain) const;
  /// Errors: another key, another place, changed bytes.
  Result<std::string> open(std::string_view place, std::string_view sealed) const;
  /// 32 bytes: HMAC-SHA-256 by the key over lineage and label.
  std::string derive(std::string_view label) const;

 private:
  StateKey key_;
  std::string lineage_;
};

/// Overwrites the text before it is freed.
void wipe(std::string& text);

}  // namespace nmx
