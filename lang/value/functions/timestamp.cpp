#include "lang/value/functions/timestamp.hpp"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstdlib>

namespace nmx {
namespace {

constexpr std::int64_t day_seconds = 86'400;

/// Reads a fixed form from the left; any failure stays.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool good() const { return good_; }
  bool done() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  void take() { text_.remove_prefix(text_.empty() ? 0 : 1); }
  void expect(char c) {
    good_ = good_ && peek() == c;
    take();
  }
  int number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      good_ = good_ && peek() >= '0' && peek() <= '9';
      value = good_ ? value * 10 + (peek() - '0') : 0;
      take();
    }
    return value;
  }

 private:
  std::string_view text_;
  bool good_ = true;
};

std::int64_t fraction(Scanner& scanner) {
  std::int64_t nanoseconds = 0;
  std::int64_t place = 100'000'000;
  bool any = false;
  scanner.take();
  while (scanner.peek() >= '0' && scanner.peek() <= '9') {
    nanoseconds += (scanner.peek() - '0') * place;
    place /= 10;
    any = true;
    scanner.take();
  }
  return any ? nanoseconds : -1;
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.number(4);
  scanner.expect('-');
  const int month = scanner.number(2);
  scanner.expect('-');
  const int day = scanner.number(2);
  scanner.expect('T');
  const int hour = scanner.number(2);
  scanner.expect(':');
  const int minute = scanner.number(2);
  scanner.expect(':');
  const int second = scanner.number(2);
  Timestamp time;
  if (scanner.peek() == '.') time.nanoseconds_of_second = fraction(scanner);
  if (scanner.peek() == 'Z') {
    scanner.take();
  } else {
    const int sign = scanner.peek() == '-' ? -1 : 1;
    if (sign == 1)
      scanner.expect('+');
    else
      scanner.take();
    const int hours = scanner.number(2);
    scanner.expect(':');
    const int minutes = scanner.number(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    time.offset_minutes = sign * (hours * 60 + minutes);
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!scanner.good() || !scanner.done() || year == 0 || !date.ok()) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59 || time.nanoseconds_of_second < 0) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  time.seconds = days * day_seconds + hour * 3600 + minute * 60 + second - time.offset_minutes * 60;
  return time;
}

CivilTime civil_time(std::int64_t seconds) {
  std::int64_t days = seconds / day_seconds;
  std::int64_t rest = seconds % day_seconds;
  if (rest < 0) {
    rest += day_seconds;
    --days;
  }
  const std::chrono::sys_days at{std::chrono::days(days)};
  const std::chrono::year_month_day date(at);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(rest / 3600),
          static_cast<int>(rest / 60 % 60),
          static_cast<int>(rest % 60),
          static_cast<int>(std::chrono::weekday(at).c_encoding())};
}

std::string to_string(const Timestamp& time) {
  const CivilTime civil = civil_time(time.local_seconds());
  std::string decimals;
  if (time.nanoseconds_of_second != 0) {
    decimals = fmt::format(".{:09}", time.nanoseconds_of_second);
    while (decimals.ends_with('0')) decimals.pop_back();
  }
  const int minutes = std::abs(time.offset_minutes);
  const std::string zone = time.offset_minutes == 0 ? "Z"
                                                    : fmt::format("{}{:02}:{:02}", time.offset_minutes < 0 ? '-' : '+',
                                                                  minutes / 60, minutes % 60);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}", civil.year, civil.month, civil.day, civil.hour,
                     civil.minute, civil.second, decimals, zone);
}

}  // namespace nmx
