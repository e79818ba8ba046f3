#include "lang/value/operators.hpp"

#include <fmt/core.h>

#include <cmath>
#include <compare>
#include <limits>
#include <optional>

#include "lang/value/convert.hpp"
#include "lang/value/overloaded.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;
using Op = BinaryOperator;

OperationError overflow(std::string_view operation) {
  return {Kind::overflow, fmt::format("the result of `{}` is out of range", operation)};
}
OperationError division_by_zero() { return {Kind::division_by_zero, "division by zero"}; }

std::string help_for(Op op, const Value& left, const Value& right) {
  const bool texts = left.is_string() || right.is_string();
  if (op == Op::add && texts) return "write `\"${a}${b}\"` to join text";
  if (op == Op::add && left.is_list() && right.is_list()) return "write `[...a, ...b]` to join lists";
  if (op == Op::add && left.is_object() && right.is_object()) return "write `{ ...a, ...b }` to join objects";
  if (texts && (left.is_number() || right.is_number())) return "convert the text with `tonumber(…)`";
  const bool bytes = left.is<Bytes>() || right.is<Bytes>();
  const bool durations = left.is<Duration>() || right.is<Duration>();
  if (bytes && (left.is_number() || right.is_number())) return "give the number a unit, for example `1MiB`";
  if (durations && (left.is_number() || right.is_number())) return "give the number a unit, for example `10s`";
  return {};
}

OperationError wrong_operands(Op op, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) {
    const bool logic = op == Op::both || op == Op::either;
    return {Kind::null, fmt::format("`{}` cannot take null", spelling(op)),
            logic ? "give a default: `a ?? false`" : "give a default: `a ?? 0`"};
  }
  return {Kind::operands,
          fmt::format("`{}` cannot take `{}` and `{}`", spelling(op), type_name(left), type_name(right)),
          help_for(op, left, right)};
}

Outcome checked(Op op, double number) {
  if (!std::isfinite(number)) return overflow(spelling(op));
  return Value(number);
}

Outcome divide(std::int64_t left, std::int64_t right) {
  if (right == 0) return division_by_zero();
  if (right == -1) {
    if (left == std::numeric_limits<std::int64_t>::min()) return overflow("/");
    return Value(-left);
  }
  if (left % right == 0) return Value(left / right);
  return Value(static_cast<double>(left) / static_cast<double>(right));
}

Outcome arithmetic(Op op, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  if (op == Op::divide) return divide(left, right);
  if (op == Op::modulo) {
    if (right == 0) return division_by_zero();
    return Value(right == -1 ? std::int64_t{0} : left % right);
  }
  const bool too_large = op == Op::add        ? __builtin_add_overflow(left, right, &result)
                         : op == Op::subtract ? __builtin_sub_overflow(left, right, &result)
                                              : __builtin_mul_overflow(left, right, &result);
  if (too_large) return overflow(spelling(op));
  return Value(result);
}

Outcome arithmetic(Op op, double left, double right) {
  if (op == Op::add) return checked(op, left + right);
  if (op == Op::subtract) return checked(op, left - right);
  if (op == Op::multiply) return checked(op, left * right);
  if (right == 0) return division_by_zero();
  return checked(op, op == Op::divide ? left / right : std::fmod(left, right));
}

std::optional<double> as_double(const Value& value) {
  if (const auto* integer = value.integer()) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&value.held)) return *number;
  return std::nullopt;
}

/// A quantity times or divided by a number, rounded up to a whole byte or millisecond.
std::optional<std::int64_t> rounded_up(double count) {
  // 100B * 1.1 is 110.00000000000001 in doubles: what differs by the last bits only is meant to be whole.
  constexpr double last_bits = 1e-15;
  const double nearest = std::round(count);
  const double whole = std::abs(count - nearest) <= std::abs(nearest) * last_bits ? nearest : std::ceil(count);
  constexpr double limit = 9223372036854775808.0;
  if (!(whole >= -limit && whole < limit)) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

std::optional<std::int64_t> ceiling(std::int64_t left, std::int64_t right) {
  if (right == -1) {
    return left == std::numeric_limits<std::int64_t>::min() ? std::nullopt : std::optional(-left);
  }
  const std::int64_t quotient = left / right;
  return left % right != 0 && (left < 0) == (right < 0) ? quotient + 1 : quotient;
}

template <typename Quantity>
Outcome scale(Op op, std::int64_t count, const Value& number) {
  std::optional<std::int64_t> result;
  if (const auto* integer = number.integer()) {
    if (op == Op::divide && *integer == 0) return division_by_zero();
    if (op == Op::divide) {
      result = ceiling(count, *integer);
    } else if (std::int64_t product = 0; !__builtin_mul_overflow(count, *integer, &product)) {
      result = product;
    }
  } else {
    const double factor = std::get<double>(number.held);
    if (op == Op::divide && factor == 0) return division_by_zero();
    const auto amount = static_cast<double>(count);
    result = rounded_up(op == Op::divide ? amount / factor : amount * factor);
  }
  if (!result) return overflow(spelling(op));
  return Value(Quantity{*result});
}

/// Bytes and durations: they add up, and divided by one another they are numbers.
template <typename Quantity>
std::optional<Outcome> with_quantity(Op op, std::int64_t Quantity::*count, const Value& left, const Value& right) {
  const auto* a = std::get_if<Quantity>(&left.held);
  const auto* b = std::get_if<Quantity>(&right.held);
  if (a && b) {
    if (op == Op::multiply) return std::nullopt;
    Outcome result = arithmetic(op, a->*count, b->*count);
    if (op == Op::divide || std::holds_alternative<OperationError>(result)) return result;
    return Value(Quantity{*std::get<Value>(result).integer()});
  }
  if (a && right.is_number() && (op == Op::multiply || op == Op::divide)) return scale<Quantity>(op, a->*count, right);
  if (b && left.is_number() && op == Op::multiply) return scale<Quantity>(op, b->*count, left);
  return std::nullopt;
}

Outcome calculate(Op op, const Value& left, const Value& right) {
  if (left.integer() && right.integer()) return arithmetic(op, *left.integer(), *right.integer());
  const auto a = as_double(left);
  const auto b = as_double(right);
  if (a && b) return arithmetic(op, *a, *b);
  if (auto result = with_quantity(op, &Bytes::count, left, right)) return *std::move(result);
  if (auto result = with_quantity(op, &Duration::milliseconds, left, right)) return *std::move(result);
  return wrong_operands(op, left, right);
}

/// Exact also where an integer has more digits than a double holds.
std::partial_ordering order(std::int64_t left, double right) {
  constexpr double limit = 9223372036854775808.0;
  if (right >= limit) return std::partial_ordering::less;
  if (right < -limit) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(right);
  if (left != whole) return left <=> whole;
  return 0.0 <=> right - static_cast<double>(whole);
}

std::optional<std::partial_ordering> order(const Value& left, const Value& right) {
  using Answer = std::optional<std::partial_ordering>;
  return std::visit(Overloaded{
                        [](std::int64_t a, std::int64_t b) -> Answer { return a <=> b; },
                        [](double a, double b) -> Answer { return a <=> b; },
                        [](std::int64_t a, double b) -> Answer { return order(a, b); },
                        [](double a, std::int64_t b) -> Answer { return 0 <=> order(b, a); },
                        [](const std::string& a, const std::string& b) -> Answer { return a.compare(b) <=> 0; },
                        [](const Bytes& a, const Bytes& b) -> Answer { return a <=> b; },
                        [](const Duration& a, const Duration& b) -> Answer { return a <=> b; },
                        [](const auto&, const auto&) -> Answer { return std::nullopt; },
                    },
                    left.held, right.held);
}

Outcome compare(Op op, const Value& left, const Value& right) {
  const auto found = order(left, right);
  if (!found) return wrong_operands(op, left, right);
  if (op == Op::less) return Value(*found < 0);
  if (op == Op::less_equal) return Value(*found <= 0);
  if (op == Op::greater) return Value(*found > 0);
  return Value(*found >= 0);
}

Outcome known(Op op, const Value& left, const Value& right) {
  switch (op) {
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo: return calculate(op, left, right);
    case Op::equal: return Value(left == right);
    case Op::unequal: return Value(!(left == right));
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal: return compare(op, left, right);
    case Op::both:
    case Op::either: {
      const bool* a = left.boolean();
      const bool* b = right.boolean();
      if (!a || !b) return wrong_operands(op, left, right);
      return Value(op == Op::both ? *a && *b : *a || *b);
    }
    case Op::coalesce: return left.is_null() ? right : left;
    case Op::alternative: return wrong_operands(op, left, right);
  }
  return wrong_operands(op, left, right);
}

bool is_comparison(Op op) {
  return op == Op::equal || op == Op::unequal || op == Op::less || op == Op::less_equal || op == Op::greater ||
         op == Op::greater_equal || op == Op::both || op == Op::either;
}

/// Whether the known side decides alone: `false && hole`.
bool decided(Op op, const Value& value) {
  const bool* boolean = value.boolean();
  return boolean && ((op == Op::both && !*boolean) || (op == Op::either && *boolean));
}

/// Whether it may turn out to be null. A hole of a known type stands for a value of that type, which null is not.
bool may_be_null(const Value& value) {
  const auto* hole = std::get_if<Hole>(&value.held);
  return value.is_null() ||
         (hole != nullptr && (hole->unknown == nullptr || hole->unknown->type.tag == Type::Tag::any));
}

bool is_unknown(Op op, const Value& value) {
  return value.is_hole() || ((op == Op::equal || op == Op::unequal) && contains_hole(value));
}

Outcome negated(const Value& operand) {
  if (const auto* integer = operand.integer()) {
    if (*integer == std::numeric_limits<std::int64_t>::min()) return overflow("-");
    return Value(-*integer);
  }
  if (const auto* number = std::get_if<double>(&operand.held)) return Value(-*number);
  const auto* bytes = std::get_if<Bytes>(&operand.held);
  const auto* duration = std::get_if<Duration>(&operand.held);
  if (!bytes && !duration) {
    if (operand.is_null()) return OperationError{Kind::null, "`-` cannot take null"};
    return OperationError{Kind::operands, fmt::format("`-` cannot take `{}`", type_name(operand))};
  }
  const std::int64_t count = bytes ? bytes->count : duration->milliseconds;
  if (count == std::numeric_limits<std::int64_t>::min()) return overflow("-");
  return bytes ? Value(Bytes{-count}) : Value(Duration{-count});
}

}  // namespace

std::string_view spelling(UnaryOperator op) { return op == UnaryOperator::negate ? "-" : "!"; }

std::string_view spelling(BinaryOperator op) {
  switch (op) {
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::divide: return "/";
    case Op::modulo: return "%";
    case Op::equal: return "==";
    case Op::unequal: return "!=";
    case Op::less: return "<";
    case Op::less_equal: return "<=";
    case Op::greater: return ">";
    case Op::greater_equal: return ">=";
    case Op::both: return "&&";
    case Op::either: return "||";
    case Op::coalesce: return "??";
    case Op::alternative: return "|";
  }
  return {};
}

Outcome apply(UnaryOperator op, const Value& operand) {
  if (operand.is_poison()) return Value(Poison{});
  if (operand.is_hole()) {
    return remember(std::string(spelling(op)), {operand},
                    op == UnaryOperator::invert ? Type::simple(Type::Tag::boolean) : Type{});
  }
  Outcome result = Value();
  if (op == UnaryOperator::negate) {
    result = negated(operand);
  } else if (const bool* boolean = operand.boolean()) {
    result = Value(!*boolean);
  } else if (operand.is_null()) {
    result = OperationError{Kind::null, "`!` cannot take null", "give a default: `a ?? false`"};
  } else {
    result = OperationError{Kind::operands, fmt::format("`!` cannot take `{}`", type_name(operand)),
                            operand.is_number() ? "compare it: `a == 0`" : ""};
  }
  if (Value* value = std::get_if<Value>(&result); value && operand.secret) value->secret = true;
  return result;
}

Outcome apply(BinaryOperator op, const Value& left, const Value& right) {
  if (left.is_poison() || right.is_poison()) return Value(Poison{});
  if (decided(op, left)) return left;
  if (op == Op::coalesce && !may_be_null(left)) return left;
  const bool compares = op == Op::equal || op == Op::unequal;
  // Whether something was given is known before its value is, and is no secret.
  if (compares && ((left.is_null() && !may_be_null(right)) || (right.is_null() && !may_be_null(left))))
    return Value(op == Op::unequal);
  if (compares && left.is_null() && right.is_null()) return Value(op == Op::equal);
  if (compares && (contains_poison(left) || contains_poison(right))) return Value(Poison{});
  if (is_unknown(op, left) || (is_unknown(op, right) && op != Op::coalesce)) {
    if (decided(op, right)) return right;
    return remember(std::string(spelling(op)), {left, right},
                    is_comparison(op) ? Type::simple(Type::Tag::boolean) : Type{});
  }
  const bool secret = compares ? contains_secret(left) || contains_secret(right) : left.secret || right.secret;
  Outcome result = known(op, left, right);
  if (Value* value = std::get_if<Value>(&result); value && secret) value->secret = true;
  return result;
}

}  // namespace nmx
