#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nmx {

/// A moment of RFC 3339, in the time zone in which it was written.
struct Timestamp {
  /// Since 1970 in UTC; negative before.
  std::int64_t seconds = 0;
  /// 0 … 999,999,999, on top of the seconds.
  std::int64_t nanoseconds_of_second = 0;
  int offset_minutes = 0;

  std::int64_t local_seconds() const { return seconds + offset_minutes * 60; }
};

/// Years 0001 to 9999.
std::optional<Timestamp> parse_timestamp(std::string_view text);
std::string to_string(const Timestamp& time);

/// Calendar fields of a number of seconds since 1970.
struct CivilTime {
  std::int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int weekday = 4;  // 0 is Sunday
};
CivilTime civil_time(std::int64_t seconds);

}  // namespace nmx
