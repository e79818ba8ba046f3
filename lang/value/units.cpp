#include "lang/value/units.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>

#include "lang/diagnostics/suggest.hpp"

namespace nmx {
namespace {

__extension__ typedef unsigned __int128 Wide;  // 64 bits times a unit, exactly

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::int64_t kibi = 1024;
constexpr std::array<Unit, 9> byte_units = {{{"B", 1},
                                             {"KB", 1'000},
                                             {"KiB", kibi},
                                             {"MB", 1'000'000},
                                             {"MiB", kibi* kibi},
                                             {"GB", 1'000'000'000},
                                             {"GiB", kibi* kibi* kibi},
                                             {"TB", 1'000'000'000'000},
                                             {"TiB", kibi* kibi* kibi* kibi}}};
constexpr std::array<Unit, 6> duration_units = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}}};

template <std::size_t N>
const Unit* find_unit(const std::array<Unit, N>& units, std::string_view name) {
  const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
  return found == units.end() ? nullptr : &*found;
}

/// `number` × `factor`, rounded up; nothing where it is no number or beyond 64 bits.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t factor) {
  constexpr Wide limit = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
  constexpr int kept_decimals = 18;  // finer than any unit divides; what is behind them only rounds up
  Wide whole = 0;
  Wide part = 0;
  Wide divisor = 1;
  int decimals = -1;  // none before the point
  bool more = false;
  char last = '_';
  for (const char c : number) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (last == '_' || last == '.' || (c != '_' && (c != '.' || decimals >= 0)))) return std::nullopt;
    last = c;
    if (c == '.') decimals = 0;
    if (!digit) continue;
    const auto value = static_cast<unsigned>(c - '0');
    if (decimals < 0) {
      whole = whole * 10 + value;
      if (whole > limit) return std::nullopt;
    } else if (decimals++ < kept_decimals) {
      part = part * 10 + value;
      divisor *= 10;
    } else {
      more = more || value != 0;
    }
  }
  if (last == '_' || last == '.') return std::nullopt;
  part *= static_cast<Wide>(factor);
  const Wide result = whole * static_cast<Wide>(factor) + part / divisor + (part % divisor != 0 || more ? 1 : 0);
  if (result > limit) return std::nullopt;
  return static_cast<std::int64_t>(result);
}

template <std::size_t N>
std::optional<std::int64_t> parse_with(const std::array<Unit, N>& units, std::string_view text) {
  const std::size_t end = text.find_first_not_of("0123456789._");
  if (end == std::string_view::npos) return std::nullopt;
  const Unit* unit = find_unit(units, text.substr(end));
  return unit ? scaled(text.substr(0, end), unit->factor) : std::nullopt;
}

std::uint64_t magnitude(std::int64_t count) {
  return count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
}

/// The count in the unit with at most three decimals, if that is exact; `.5` without a whole is not how people write.
std::optional<std::string> exact_in(std::uint64_t count, const Unit& unit) {
  const auto factor = static_cast<std::uint64_t>(unit.factor);
  const std::uint64_t whole = count / factor;
  const std::uint64_t rest = count % factor;
  if (whole == 0) return std::nullopt;
  if (rest == 0) return fmt::format("{}{}", whole, unit.name);
  std::uint64_t power = 1;
  for (int decimals = 1; decimals <= 3; ++decimals) {
    power *= 10;
    if (rest * power % factor == 0)
      return fmt::format("{}.{:0{}}{}", whole, rest * power / factor, decimals, unit.name);
  }
  return std::nullopt;
}

template <std::size_t N>
std::string shortest(std::int64_t count, const std::array<Unit, N>& units) {
  std::string best = fmt::format("{}{}", magnitude(count), units.front().name);
  for (const Unit& unit : units) {
    const auto text = exact_in(magnitude(count), unit);
    const bool plainer = text && text->size() == best.size() && text->find('.') == std::string::npos;
    if (text && (text->size() < best.size() || plainer)) best = *text;
  }
  return count < 0 ? "-" + best : best;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// `512M` and `2gb`, as most programs take them, are steps of 1024 there. Wrong case is the other usual mistake.
std::string meant(std::string_view unit) {
  const auto small = lowered(unit);
  const auto letter = std::string_view("kmgt").find(small.front());
  if (letter != std::string_view::npos && (small.size() == 1 || small.substr(1) == "b" || small.substr(1) == "i")) {
    const char step = "KMGT"[letter];
    return fmt::format("did you mean `{0}iB` (steps of 1024)? `{0}B` has steps of 1000", step);
  }
  for (const std::string& name : unit_names()) {
    if (lowered(name) == lowered(unit)) return fmt::format("did you mean `{}`?", name);
  }
  return did_you_mean(unit, unit_names());
}

}  // namespace

Result<Value> measure(std::string_view number, std::string_view unit) {
  const Unit* bytes = find_unit(byte_units, unit);
  const Unit* duration = find_unit(duration_units, unit);
  if (!bytes && !duration) {
    return Error{fmt::format("unknown unit `{}`", unit), meant(unit)};
  }
  const auto count = scaled(number, bytes ? bytes->factor : duration->factor);
  if (!count) return Error{fmt::format("`{}{}` is out of range", number, unit)};
  return bytes ? Value(Bytes{*count}) : Value(Duration{*count});
}

const std::vector<std::string>& unit_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Unit& unit : byte_units) all.emplace_back(unit.name);
    for (const Unit& unit : duration_units) all.emplace_back(unit.name);
    return all;
  }();
  return names;
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto count = parse_with(byte_units, text);
  return count ? std::optional(Bytes{*count}) : std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) {
  const auto count = parse_with(duration_units, text);
  return count ? std::optional(Duration{*count}) : std::nullopt;
}

std::string to_string(Bytes bytes) { return bytes.count == 0 ? "0B" : shortest(bytes.count, byte_units); }

std::string to_string(Duration duration) {
  return duration.milliseconds == 0 ? "0s" : shortest(duration.milliseconds, duration_units);
}

std::string human(Bytes bytes) {
  const std::string sign = bytes.count < 0 ? "-" : "";
  const std::uint64_t count = magnitude(bytes.count);
  constexpr std::array<std::string_view, 4> names = {"KiB", "MiB", "GiB", "TiB"};
  if (count < 1024) return fmt::format("{}{} B", sign, count);
  double scaled_down = static_cast<double>(count) / 1024;
  std::size_t name = 0;
  // 1023.95 would be printed as 1024.0 of the smaller unit.
  while (scaled_down >= 1023.95 && name + 1 < names.size()) {
    scaled_down /= 1024;
    ++name;
  }
  std::string text = fmt::format("{:.1f}", scaled_down);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return fmt::format("{}{} {}", sign, text, names[name]);
}

std::string human(Duration duration) {
  const std::string sign = duration.milliseconds < 0 ? "-" : "";
  std::uint64_t rest = magnitude(duration.milliseconds);
  if (rest == 0) return "0 s";
  if (rest < 1000) return fmt::format("{}{} ms", sign, rest);
  constexpr std::array<Unit, 4> steps = {{{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}}};
  std::string text = sign;
  int parts = 0;
  for (const Unit& step : steps) {
    const std::uint64_t whole = rest / static_cast<std::uint64_t>(step.factor);
    rest %= static_cast<std::uint64_t>(step.factor);
    if (whole > 0 && parts < 2) text += fmt::format("{}{} {}", parts == 0 ? "" : " ", whole, step.name);
    // Two parts are enough, and they are neighbours: not `1 d 5 s`.
    if (whole > 0 || parts > 0) ++parts;
  }
  return text;
}

std::string to_string(double number) {
  constexpr double readable = 1e21;
  if (number == std::trunc(number) && std::abs(number) < readable) return fmt::format("{:.0f}", number);
  return fmt::format("{}", number);
}

}  // namespace nmx
