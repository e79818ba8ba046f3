#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "lang/value/functions/families.hpp"
#include "lang/value/operators.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

OperationError out_of_range() { return {Kind::overflow, "the result is out of range"}; }

Outcome finite(double number) {
  if (!std::isfinite(number)) return out_of_range();
  return Value(number);
}

Outcome abs_of(Arguments arguments, const CallContext&) {
  const Value& number = arguments[0];
  return number_of(number) < 0 ? apply(UnaryOperator::negate, number) : Outcome(number);
}

/// A whole double as an int.
Outcome whole(double number) {
  constexpr double limit = 9223372036854775808.0;
  if (!(number >= -limit && number < limit)) return out_of_range();
  return Value(static_cast<std::int64_t>(number));
}

Outcome ceil_of(Arguments arguments, const CallContext&) {
  return arguments[0].integer() ? Outcome(arguments[0]) : whole(std::ceil(number_of(arguments[0])));
}

Outcome floor_of(Arguments arguments, const CallContext&) {
  return arguments[0].integer() ? Outcome(arguments[0]) : whole(std::floor(number_of(arguments[0])));
}

Outcome log_of(Arguments arguments, const CallContext&) {
  const double number = number_of(arguments[0]);
  const double base = number_of(arguments[1]);
  if (number <= 0) return bad_argument(0, fmt::format("{} has no logarithm", display(arguments[0])));
  if (base <= 0 || base == 1) return bad_argument(1, fmt::format("{} is no base", display(arguments[1])));
  // Exact where people expect it: log(8, 2) is 3, log(1000, 10) is 3.
  if (base == 2) return finite(std::log2(number));
  if (base == 10) return finite(std::log10(number));
  return finite(std::log(number) / std::log(base));
}

/// The least or the greatest, of numbers, bytes or durations.
Outcome extreme(Arguments arguments, BinaryOperator better) {
  if (arguments.empty()) return failed("needs at least one argument");
  const Value* best = &arguments[0];
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool sized = arguments[i].is_number() || arguments[i].is<Bytes>() || arguments[i].is<Duration>();
    if (!sized) {
      return bad_argument(static_cast<int>(i),
                          fmt::format("expected numbers, bytes or durations, found `{}`", type_name(arguments[i])),
                          arguments[i].is_list() ? "write `...` before the list" : "");
    }
    const Outcome compared = apply(better, arguments[i], *best);
    if (const auto* error = std::get_if<OperationError>(&compared))
      return bad_argument(static_cast<int>(i), error->message, error->help);
    if (std::get<Value>(compared) == Value(true)) best = &arguments[i];
  }
  return *best;
}

Outcome max_of(Arguments arguments, const CallContext&) { return extreme(arguments, BinaryOperator::greater); }
Outcome min_of(Arguments arguments, const CallContext&) { return extreme(arguments, BinaryOperator::less); }

Outcome sum(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  if (list.empty()) return Value(0);
  Value total = list.front();
  const bool sized = total.is_number() || total.is<Bytes>() || total.is<Duration>();
  if (!sized) return bad_argument(0, fmt::format("expected numbers, bytes or durations, found `{}`", type_name(total)));
  for (std::size_t i = 1; i < list.size(); ++i) {
    Outcome next = apply(BinaryOperator::add, total, list[i]);
    if (auto* error = std::get_if<OperationError>(&next)) {
      error->argument = 0;
      return next;
    }
    total = std::get<Value>(std::move(next));
  }
  return total;
}

std::optional<int> digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return std::nullopt;
}

Outcome parseint(Arguments arguments, const CallContext&) {
  const std::string& text = text_of(arguments[0]);
  const std::int64_t base = integer_of(arguments[1]);
  constexpr std::int64_t most_digits = 36;
  if (base < 2 || base > most_digits)
    return bad_argument(1, fmt::format("{} is no base", base), "a base is from 2 to 36");
  const bool negative = text.starts_with('-');
  const std::size_t begin = negative || text.starts_with('+') ? 1 : 0;
  const OperationError wrong = bad_argument(0, fmt::format("`{}` is not a whole number in base {}", text, base));
  if (begin == text.size()) return wrong;
  std::int64_t number = 0;
  for (const char c : std::string_view(text).substr(begin)) {
    const auto digit = digit_of(c);
    if (!digit || *digit >= base) return wrong;
    // Downwards, because the smallest number has no positive twin.
    if (__builtin_mul_overflow(number, base, &number) || __builtin_sub_overflow(number, std::int64_t{*digit}, &number))
      return out_of_range();
  }
  return negative ? Outcome(Value(number)) : apply(UnaryOperator::negate, Value(number));
}

Outcome pow_of(Arguments arguments, const CallContext&) {
  const auto* base = arguments[0].integer();
  const auto* exponent = arguments[1].integer();
  if (!base || !exponent || *exponent < 0) {
    const double result = std::pow(number_of(arguments[0]), number_of(arguments[1]));
    if (std::isnan(result)) return failed("the result is not a real number");
    return finite(result);
  }
  std::int64_t result = 1;
  std::int64_t factor = *base;
  for (std::int64_t rest = *exponent; rest > 0; rest /= 2) {
    if (rest % 2 == 1 && __builtin_mul_overflow(result, factor, &result)) return out_of_range();
    if (rest > 1 && __builtin_mul_overflow(factor, factor, &factor)) return out_of_range();
  }
  return Value(result);
}

Outcome signum(Arguments arguments, const CallContext&) {
  const double number = number_of(arguments[0]);
  return Value(number > 0 ? 1 : number < 0 ? -1 : 0);
}

}  // namespace

std::vector<Function> number_functions() {
  // clang-format off
  return {
      {.name = "abs", .parameters = {{"number", types::number}}, .result = types::number,
       .doc = "The number without its sign.\nabs(-5)  # 5", .body = abs_of},
      {.name = "ceil", .parameters = {{"number", types::number}}, .result = types::integer,
       .doc = "The nearest whole number that is not smaller.\nceil(1.2)  # 2", .body = ceil_of},
      {.name = "floor", .parameters = {{"number", types::number}}, .result = types::integer,
       .doc = "The nearest whole number that is not greater.\nfloor(1.8)  # 1", .body = floor_of},
      {.name = "log", .parameters = {{"number", types::number}, {"base", types::number}}, .result = types::number,
       .doc = "The logarithm to a base.\nlog(8, 2)  # 3", .body = log_of},
      {.name = "max", .parameters = {{"values", types::any}}, .variadic = true, .result = types::any,
       .doc = "The greatest of numbers, bytes or durations.\nmax(1, 5, 3)  # 5", .body = max_of},
      {.name = "min", .parameters = {{"values", types::any}}, .variadic = true, .result = types::any,
       .doc = "The least of numbers, bytes or durations.\nmin(512MiB, 1GiB)  # 512MiB", .body = min_of},
      {.name = "sum", .parameters = {{"list", types::list}}, .result = types::any,
       .doc = "The sum of numbers, bytes or durations; 0 of an empty list.\nsum([256MiB, 1GiB])  # 1280MiB", .body = sum},
      {.name = "parseint", .parameters = {{"text", types::string}, {"base", types::integer}}, .result = types::integer,
       .doc = "The whole number that a text writes in a base from 2 to 36.\nparseint(\"ff\", 16)  # 255", .body = parseint},
      {.name = "pow", .parameters = {{"base", types::number}, {"exponent", types::number}}, .result = types::number,
       .doc = "A power; exact for whole numbers.\npow(2, 10)  # 1024", .body = pow_of},
      {.name = "signum", .parameters = {{"number", types::number}}, .result = types::integer,
       .doc = "-1, 0 or 1, as the number is below, equal to or above 0.\nsignum(-7)  # -1", .body = signum},
  };
  // clang-format on
}

}  // namespace nmx
