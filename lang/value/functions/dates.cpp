#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <optional>

#include "lang/value/functions/calendar.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/functions/timestamp.hpp"

namespace nmx {
namespace {

constexpr std::array<std::string_view, 12> months = {"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> weekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};

std::variant<Timestamp, OperationError> timestamp(Arguments arguments, int position) {
  const std::string& text = text_of(arguments[static_cast<std::size_t>(position)]);
  if (const auto time = parse_timestamp(text)) return *time;
  return bad_argument(position, fmt::format("`{}` is not a timestamp", text), "write it like `2026-03-01T04:00:00Z`");
}

std::string zone(const Timestamp& time, std::string_view separator) {
  const int minutes = std::abs(time.offset_minutes);
  return fmt::format("{}{:02}{}{:02}", time.offset_minutes < 0 ? '-' : '+', minutes / 60, separator, minutes % 60);
}

/// What a run of one letter stands for; nothing where it is no such run.
std::optional<std::string> field(std::string_view run, const Timestamp& time) {
  const CivilTime civil = civil_time(time.local_seconds());
  const std::string_view month = months[static_cast<std::size_t>(civil.month - 1)];
  const std::string_view weekday = weekdays[static_cast<std::size_t>(civil.weekday)];
  const int hour12 = civil.hour % 12 == 0 ? 12 : civil.hour % 12;
  if (run == "YYYY") return fmt::format("{:04}", civil.year);
  if (run == "YY") return fmt::format("{:02}", civil.year % 100);
  if (run == "MMMM") return std::string(month);
  if (run == "MMM") return std::string(month.substr(0, 3));
  if (run == "MM") return fmt::format("{:02}", civil.month);
  if (run == "M") return std::to_string(civil.month);
  if (run == "DD") return fmt::format("{:02}", civil.day);
  if (run == "D") return std::to_string(civil.day);
  if (run == "EEEE") return std::string(weekday);
  if (run == "EEE") return std::string(weekday.substr(0, 3));
  if (run == "hh") return fmt::format("{:02}", civil.hour);
  if (run == "h") return std::to_string(civil.hour);
  if (run == "HH") return fmt::format("{:02}", hour12);
  if (run == "H") return std::to_string(hour12);
  if (run == "AA") return civil.hour < 12 ? "AM" : "PM";
  if (run == "aa") return civil.hour < 12 ? "am" : "pm";
  if (run == "mm") return fmt::format("{:02}", civil.minute);
  if (run == "m") return std::to_string(civil.minute);
  if (run == "ss") return fmt::format("{:02}", civil.second);
  if (run == "s") return std::to_string(civil.second);
  if (run == "ZZZZZ") return zone(time, ":");
  if (run == "ZZZZ") return zone(time, "");
  if (run == "ZZZ") return time.offset_minutes == 0 ? "UTC" : zone(time, "");
  if (run == "Z") return time.offset_minutes == 0 ? "Z" : zone(time, ":");
  return std::nullopt;
}

struct Quoted {
  std::string text;
  std::size_t end;
};

/// The text in `'…'` that begins at a place; a doubled quote in it is one.
std::optional<Quoted> quoted(const std::string& pattern, std::size_t at) {
  std::string text;
  for (++at; at < pattern.size(); ++at) {
    if (pattern[at] != '\'') {
      text += pattern[at];
    } else if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
      text += pattern[at++];
    } else {
      return Quoted{std::move(text), at + 1};
    }
  }
  return std::nullopt;
}

Outcome formatdate(Arguments arguments, const CallContext&) {
  auto read = timestamp(arguments, 1);
  if (auto* error = std::get_if<OperationError>(&read)) return std::move(*error);
  const Timestamp& time = std::get<Timestamp>(read);
  const std::string& pattern = text_of(arguments[0]);
  std::string result;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == '\'') {
      const auto literal = quoted(pattern, at);
      if (!literal) return bad_argument(0, "a `'` is not closed");
      result += literal->text;
      at = literal->end;
      continue;
    }
    if (!letter) {
      result += c;
      ++at;
      continue;
    }
    const std::size_t end = std::min(pattern.find_first_not_of(c, at), pattern.size());
    const std::string run = pattern.substr(at, end - at);
    const auto text = field(run, time);
    if (!text) return bad_argument(0, fmt::format("`{}` stands for nothing", run), "text is written in `'…'`");
    result += *text;
    at = end;
  }
  return Value(std::move(result));
}

/// `1h30m`, `-10m`, `1.5h`: what Terraform takes, in milliseconds.
std::optional<std::int64_t> signed_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos || digits > 15) return std::nullopt;
    const std::string_view number = text.substr(0, digits);
    if (number == "." || std::count(number.begin(), number.end(), '.') > 1) return std::nullopt;
    text.remove_prefix(digits);
    const std::size_t unit_end = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, unit_end);
    text.remove_prefix(unit_end);
    const double factor = unit == "ms" ? 1 : unit == "s" ? 1e3 : unit == "m" ? 6e4 : unit == "h" ? 3.6e6 : 0;
    if (factor == 0) return std::nullopt;
    total += std::stod(std::string(number)) * factor;
  }
  constexpr double most = 1e16;
  if (total > most) return std::nullopt;
  const auto milliseconds = static_cast<std::int64_t>(total + 0.5);
  return negative ? -milliseconds : milliseconds;
}

Outcome timeadd(Arguments arguments, const CallContext&) {
  auto read = timestamp(arguments, 0);
  if (auto* error = std::get_if<OperationError>(&read)) return std::move(*error);
  Timestamp time = std::get<Timestamp>(read);
  std::optional<std::int64_t> shift;
  if (const auto* duration = std::get_if<Duration>(&arguments[1].held)) {
    shift = duration->milliseconds;
  } else {
    shift = signed_duration(text_of(arguments[1]));
    if (!shift)
      return bad_argument(1, fmt::format("`{}` is not a duration", text_of(arguments[1])),
                          "write `90m` or `\"-1h30m\"`");
  }
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t nanoseconds = time.nanoseconds_of_second + *shift % 1000 * 1'000'000;
  const std::int64_t carry = nanoseconds < 0 ? -1 : nanoseconds >= second ? 1 : 0;
  time.nanoseconds_of_second = nanoseconds - carry * second;
  std::int64_t seconds = 0;
  const bool overflow = __builtin_add_overflow(time.seconds, *shift / 1000 + carry, &seconds);
  time.seconds = seconds;
  constexpr std::int64_t first = -62'135'596'800;  // 0001-01-01
  constexpr std::int64_t last = 253'402'300'799;   // 9999-12-31
  if (overflow || time.local_seconds() < first || time.local_seconds() > last) {
    return OperationError{OperationError::Kind::overflow, "the result is not within the years 1 to 9999"};
  }
  return Value(to_string(time));
}

Outcome timecmp(Arguments arguments, const CallContext&) {
  auto left = timestamp(arguments, 0);
  auto right = timestamp(arguments, 1);
  if (auto* error = std::get_if<OperationError>(&left)) return std::move(*error);
  if (auto* error = std::get_if<OperationError>(&right)) return std::move(*error);
  const Timestamp& a = std::get<Timestamp>(left);
  const Timestamp& b = std::get<Timestamp>(right);
  const auto order = std::pair(a.seconds, a.nanoseconds_of_second) <=> std::pair(b.seconds, b.nanoseconds_of_second);
  return Value(order < 0 ? -1 : order > 0 ? 1 : 0);
}

Outcome calendar(Arguments arguments, const CallContext&) {
  const auto delay = arguments.size() > 1 ? std::get<Duration>(arguments[1].held).milliseconds / 1000 : 0;
  auto text = to_calendar(text_of(arguments[0]), delay);
  if (!text) return bad_argument(0, text.error().message, text.error().help);
  return Value(*std::move(text));
}

}  // namespace

std::vector<Function> date_functions() {
  const Type shift = Type::one_of({Type::simple(Type::Tag::duration), types::string});
  // clang-format off
  return {
      {.name = "formatdate", .parameters = {{"format", types::string}, {"timestamp", types::string}}, .result = types::string,
       .doc = "A timestamp in a form of one's own: YYYY, MM, DD, EEE, hh, mm, ss, Z and the like, text in `'…'`.\nformatdate(\"DD.MM.YYYY\", \"2026-03-01T04:00:00Z\")  # \"01.03.2026\"", .body = formatdate},
      {.name = "timeadd", .parameters = {{"timestamp", types::string}, {"duration", shift}}, .result = types::string,
       .doc = "A timestamp later (or earlier) by a duration.\ntimeadd(\"2026-03-01T04:00:00Z\", 90m)  # \"2026-03-01T05:30:00Z\"", .body = timeadd},
      {.name = "timecmp", .parameters = {{"a", types::string}, {"b", types::string}}, .result = types::integer,
       .doc = "-1, 0 or 1, as the first timestamp is earlier than, the same as or later than the second.\ntimecmp(\"2026-01-01T00:00:00Z\", \"2026-01-02T00:00:00Z\")  # -1", .body = timecmp},
      {.name = "calendar", .parameters = {{"schedule", types::string}, {"delay", Type::simple(Type::Tag::duration), true}}, .result = types::string,
       .doc = "A schedule as systemd's OnCalendar: hourly, daily, weekdays, weekly, monthly, yearly, every; so much later, in the same rhythm.\ncalendar(\"weekly sun 04:00\")  # \"Sun *-*-* 04:00:00\"", .body = calendar},
  };
  // clang-format on
}

}  // namespace nmx
