#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "providers/dns/zone.hpp"

namespace nmx::dns {

/// A zone as RFC 1035 writes it into a file. nmx's marks are comments behind its records.
struct ZoneFile {
  /// The SOA's data but for its serial, in order: primary, mailbox, refresh, retry, expire, minimum.
  std::string primary;
  std::string mailbox;
  std::uint32_t serial = 0;
  std::string times = "3600 600 604800 300";
  std::int64_t soa_ttl = 300;
  Zone records;
};

/// Also files that a person wrote: `$ORIGIN`, `$TTL`, parentheses, names left out. Errors: the line that is not
/// understood.
Result<ZoneFile> parse_zone_file(std::string_view text, std::string_view zone);
/// One record a line, by name.
std::string render_zone_file(const ZoneFile& file, std::string_view zone);
/// A zone that has nothing yet.
ZoneFile new_zone_file(std::string_view zone);

}  // namespace nmx::dns
