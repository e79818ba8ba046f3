#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nmx {

/// Bytes as Bech32 text with a prefix (BIP 173, without its length limit), as age writes keys.
std::string bech32(std::string_view prefix, std::string_view bytes);

/// The prefix, in small letters, and the bytes. Nothing: mixed case, foreign characters, a wrong checksum.
std::optional<std::pair<std::string, std::string>> from_bech32(std::string_view text);

}  // namespace nmx
