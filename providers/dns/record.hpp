#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx::dns {

/// `A`, `AAAA` … : the types of `dns_record`.
const std::vector<std::string>& record_types();
/// Numbers of RFC 1035 and its successors; 0: not one of ours.
std::uint16_t type_number(std::string_view type);
/// The name of a number; `TYPE65` where it has none here.
std::string type_text(std::uint16_t number);

/// One record's value in its normal form, which is what people write: `192.168.50.10`, `10 mail.example.com.`,
/// `0 issue "letsencrypt.org"`, and of a TXT the bare text. Errors: why it is no such value, and what to write.
Result<std::string> normal_value(std::string_view type, std::string_view written);
/// A value in normal form as a zone file writes it: only TXT differs, which is quoted and cut at 255 bytes.
std::string file_value(std::string_view type, std::string_view value);
/// Reads it back; also what other programs write. Errors: it is none.
Result<std::string> from_file_value(std::string_view type, std::string_view text);

/// A value in normal form as it goes over the wire, names uncompressed; other types than ours are hexadecimal.
std::string to_wire(std::string_view type, std::string_view value);
/// Reads it back. `data`: names uncompressed.
std::string from_wire(std::string_view type, std::string_view data);

/// The parts of `10 mail.example.com.`, `0 issue "a b"`; quotes are taken off.
std::vector<std::string> words_of(std::string_view value);

}  // namespace nmx::dns
