#include "lang/value/functions/calendar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "lang/diagnostics/suggest.hpp"
#include "lang/value/units.hpp"

namespace nmx {
namespace {

constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::string_view example =
    "write it like `hourly`, `daily 03:15`, `weekly sun 04:00`, `monthly 1 02:00` or `every 15m`";

Error nonsense(std::string_view schedule, std::string_view why, std::string help = std::string(example)) {
  return {fmt::format("`{}` is not a schedule: {}", schedule, why), std::move(help)};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return words;
    const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

std::optional<int> number_in(std::string_view text, int least, int most) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

/// `03:15` or `03:15:30`; midnight where there is none.
std::optional<std::string> time_of(const std::vector<std::string_view>& words, std::size_t at) {
  if (at == words.size()) return "00:00:00";
  if (at + 1 != words.size()) return std::nullopt;
  const std::string_view text = words[at];
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':'))
    return std::nullopt;
  const auto hour = number_in(text.substr(0, 2), 0, 23);
  const auto minute = number_in(text.substr(3, 2), 0, 59);
  const auto second = text.size() == 8 ? number_in(text.substr(6), 0, 59) : 0;
  if (!hour || !minute || !second) return std::nullopt;
  return fmt::format("{:02}:{:02}:{:02}", *hour, *minute, *second);
}

/// `sun`, `Sunday`, `mon,thu`, `mon-fri` as systemd writes them.
std::optional<std::string> weekdays(std::string_view text) {
  const auto day = [](std::string_view word) -> std::optional<std::string_view> {
    std::string name(word);
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    constexpr std::array<std::string_view, 7> full = {"monday", "tuesday",  "wednesday", "thursday",
                                                      "friday", "saturday", "sunday"};
    for (std::size_t i = 0; i < full.size(); ++i) {
      if (name == full[i] || name == full[i].substr(0, 3)) return days[i];
    }
    return std::nullopt;
  };
  std::string result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    const std::size_t dash = part.find('-');
    const auto first = day(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day(part.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    result += fmt::format("{}{}", result.empty() ? "" : ",", *first);
    if (dash != std::string_view::npos) result += fmt::format("..{}", *last);
    begin = end + 1;
  }
  return result;
}

/// `every 15m`: only steps that divide the hour or the day, because others would not be even.
Result<std::string> every(std::string_view schedule, const std::vector<std::string_view>& words) {
  constexpr std::int64_t minute = 60'000;
  const auto step = words.size() == 2 ? parse_duration(words[1]) : std::nullopt;
  if (!step || step->milliseconds < minute || step->milliseconds % minute != 0) {
    return nonsense(schedule, "`every` takes whole minutes or hours", "write it like `every 15m` or `every 6h`");
  }
  const std::int64_t minutes = step->milliseconds / minute;
  if (minutes <= 60 && 60 % minutes == 0) {
    return minutes == 60  ? std::string("*-*-* *:00:00")
           : minutes == 1 ? "*-*-* *:*:00"
                          : fmt::format("*-*-* *:00/{}:00", minutes);
  }
  if (minutes % 60 == 0 && minutes <= 1440 && 1440 % minutes == 0) {
    return minutes == 1440 ? std::string("*-*-* 00:00:00") : fmt::format("*-*-* 00/{}:00:00", minutes / 60);
  }
  return nonsense(schedule, "the step divides neither an hour nor a day",
                  "15m, 30m, 1h, 2h, 3h, 4h, 6h, 8h and 12h do");
}

Result<std::string> hourly(std::string_view schedule, const std::vector<std::string_view>& words) {
  if (words.size() == 1) return std::string("*-*-* *:00:00");
  const bool colon = words.size() == 2 && words[1].starts_with(':') && words[1].size() == 3;
  const auto minute = colon ? number_in(words[1].substr(1), 0, 59) : std::nullopt;
  if (!minute) return nonsense(schedule, "behind `hourly` stands at most a minute", "write it like `hourly :15`");
  return fmt::format("*-*-* *:{:02}:00", *minute);
}

Result<std::string> weekly(std::string_view schedule, const std::vector<std::string_view>& words) {
  const bool has_day = words.size() > 1 && words[1].find(':') == std::string_view::npos;
  const auto day = has_day ? weekdays(words[1]) : std::optional<std::string>("Mon");
  if (!day)
    return nonsense(schedule, fmt::format("`{}` is not a day of the week", words[1]),
                    "mon, tue, wed, thu, fri, sat, sun");
  const auto time = time_of(words, has_day ? 2 : 1);
  if (!time) return nonsense(schedule, "the time is written `04:00`", "write it like `weekly sun 04:00`");
  return fmt::format("{} *-*-* {}", *day, *time);
}

Result<std::string> monthly(std::string_view schedule, const std::vector<std::string_view>& words) {
  const bool has_day = words.size() > 1 && words[1].find(':') == std::string_view::npos;
  const auto day = has_day ? number_in(words[1], 1, 31) : std::optional(1);
  if (!day) return nonsense(schedule, fmt::format("`{}` is not a day of the month", words[1]), "a number from 1 to 28");
  if (*day > 28) return nonsense(schedule, fmt::format("not every month has a day {}", *day), "a number from 1 to 28");
  const auto time = time_of(words, has_day ? 2 : 1);
  if (!time) return nonsense(schedule, "the time is written `02:00`", "write it like `monthly 1 02:00`");
  return fmt::format("*-*-{:02} {}", *day, *time);
}

Result<std::string> yearly(std::string_view schedule, const std::vector<std::string_view>& words) {
  int month = 1;
  int day = 1;
  const bool has_date = words.size() > 1 && words[1].find(':') == std::string_view::npos;
  if (has_date) {
    constexpr std::array<int, 12> lengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool form = words[1].size() == 5 && words[1][2] == '-';
    const auto in_year = form ? number_in(words[1].substr(0, 2), 1, 12) : std::nullopt;
    const auto in_month =
        in_year ? number_in(words[1].substr(3), 1, lengths[static_cast<std::size_t>(*in_year - 1)]) : std::nullopt;
    if (!in_month)
      return nonsense(schedule, fmt::format("`{}` is not a day of every year", words[1]),
                      "write it like `yearly 12-24 02:00`");
    month = *in_year;
    day = *in_month;
  }
  const auto time = time_of(words, has_date ? 2 : 1);
  if (!time) return nonsense(schedule, "the time is written `02:00`", "write it like `yearly 12-24 02:00`");
  return fmt::format("*-{:02}-{:02} {}", month, day, *time);
}

/// A field of a time: `*`, `15`, or `00/15`.
struct Field {
  int first = 0;
  int step = 0;  // 0: no further ones
  bool any = false;
};

Field field(std::string_view text) {
  if (text == "*") return {0, 0, true};
  const auto slash = text.find('/');
  const auto step = slash == std::string_view::npos ? 0 : number_in(text.substr(slash + 1), 1, 99).value_or(0);
  return {number_in(text.substr(0, slash), 0, 99).value_or(0), step};
}

std::string written(const Field& field) {
  if (field.any) return "*";
  return field.step == 0 ? fmt::format("{:02}", field.first) : fmt::format("{:02}/{}", field.first, field.step);
}

/// Later by so many seconds, at the same rhythm: beyond the end of the day, the hour or the step it begins anew there.
std::string delayed(const std::string& calendar, std::int64_t seconds) {
  const std::size_t time = calendar.rfind(' ') + 1;
  const std::size_t minutes = calendar.find(':', time);
  const std::size_t last = calendar.find(':', minutes + 1);
  Field hour = field(std::string_view(calendar).substr(time, minutes - time));
  Field minute = field(std::string_view(calendar).substr(minutes + 1, last - minutes - 1));
  const int second = field(std::string_view(calendar).substr(last + 1)).first;
  const int period = minute.any        ? 60
                     : minute.step > 0 ? 60 * minute.step
                     : hour.any        ? 3600
                     : hour.step > 0   ? 3600 * hour.step
                                       : 86'400;
  const std::int64_t moved = (hour.first * 3600 + minute.first * 60 + second + seconds) % period;
  hour.first = static_cast<int>(moved / 3600);
  minute.first = static_cast<int>(moved / 60 % 60);
  return fmt::format("{}{}:{}:{:02}", calendar.substr(0, time), written(hour), written(minute), moved % 60);
}

Result<std::string> undelayed(std::string_view schedule) {
  const auto words = words_of(schedule);
  if (words.empty()) return nonsense(schedule, "it is empty");
  const std::string_view rhythm = words.front();
  if (rhythm == "every") return every(schedule, words);
  if (rhythm == "hourly") return hourly(schedule, words);
  if (rhythm == "weekly") return weekly(schedule, words);
  if (rhythm == "monthly") return monthly(schedule, words);
  if (rhythm == "yearly") return yearly(schedule, words);
  if (rhythm == "daily" || rhythm == "weekdays") {
    const auto time = time_of(words, 1);
    if (!time)
      return nonsense(schedule, "the time is written `03:15`", fmt::format("write it like `{} 03:15`", rhythm));
    return fmt::format("{}*-*-* {}", rhythm == "daily" ? "" : "Mon..Fri ", *time);
  }
  const std::vector<std::string> known = {"hourly", "daily", "weekdays", "weekly", "monthly", "yearly", "every"};
  const std::string meant = did_you_mean(rhythm, known);
  return nonsense(schedule, fmt::format("it begins with `{}`", rhythm), meant.empty() ? std::string(example) : meant);
}

}  // namespace

Result<std::string> to_calendar(std::string_view schedule, std::int64_t delay_seconds) {
  auto calendar = undelayed(schedule);
  if (!calendar || delay_seconds == 0) return calendar;
  return delayed(*calendar, delay_seconds);
}

}  // namespace nmx
