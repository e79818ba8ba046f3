#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx::dns {

/// Messages as RFC 1035 lays them out; the opcode UPDATE (RFC 2136) uses the same sections under other names.

enum class Class : std::uint16_t { in = 1, none = 254, any = 255 };
constexpr std::uint16_t type_soa = 6;
constexpr std::uint16_t type_tsig = 250;
constexpr std::uint16_t type_axfr = 252;
constexpr std::uint16_t type_any = 255;
constexpr std::uint16_t flags_query = 0;
constexpr std::uint16_t flags_update = 0x2800;

/// One entry of a section; of a question only name, type and class count.
struct Entry {
  std::string name;  // full
  std::uint16_t type = 0;
  std::uint16_t klass = static_cast<std::uint16_t>(Class::in);
  std::uint32_t ttl = 0;
  /// Names inside are not compressed.
  std::string data = {};
};

struct Message {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::vector<Entry> questions;  // UPDATE: the zone
  std::vector<Entry> answers;    // UPDATE: what must hold before
  std::vector<Entry> authority;  // UPDATE: what is changed
  std::vector<Entry> additional;
  /// Where the TSIG record begins, which is the last one; 0: the message is not signed.
  std::size_t tsig_at = 0;

  unsigned code() const { return flags & 0xFu; }
};

/// At most 65,535 bytes are sent; the caller sees to that.
std::string to_bytes(const Message& message);
/// Errors: it is damaged.
Result<Message> parse_message(std::string_view bytes);

/// A full name over the wire, uncompressed.
std::string name_bytes(std::string_view full);
void append16(std::string& out, std::uint16_t value);
void append32(std::string& out, std::uint32_t value);
/// 0 where the bytes end before.
std::uint16_t read16(std::string_view bytes, std::size_t at);
std::uint32_t read32(std::string_view bytes, std::size_t at);

/// `REFUSED`, `NOTAUTH` …
std::string code_text(unsigned code);

}  // namespace nmx::dns
