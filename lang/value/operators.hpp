#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

enum class UnaryOperator { negate, invert };
enum class BinaryOperator {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  both,
  either,
  coalesce,
  alternative  // `|`, in types only
};

/// `+`, `==`, `&&` … as users write it.
std::string_view spelling(UnaryOperator op);
std::string_view spelling(BinaryOperator op);

/// Why an operation failed; lang/config turns it into a diagnostic of that code.
struct OperationError {
  enum class Kind { operands, overflow, division_by_zero, index, null, argument_count, argument, failed, not_known };
  Kind kind;
  std::string message;
  std::string help = {};
  /// Which argument is to blame, counted from 0; -1 for the whole.
  int argument = -1;
};
using Outcome = std::variant<Value, OperationError>;

/// Poison in, poison out. A hole in gives a hole that remembers the operation. A secret in gives a secret out.
Outcome apply(UnaryOperator op, const Value& operand);
/// `both`, `either` and `coalesce` are given both sides here; the evaluator short-circuits before.
Outcome apply(BinaryOperator op, const Value& left, const Value& right);
/// `object.name`: a key of an object, `.prefix` and `.address` of a cidr. Instances are the evaluator's.
Outcome member(const Value& object, std::string_view name);
/// `list[1]`, `object["key"]`.
Outcome index(const Value& object, const Value& key);
/// The pieces of a string with `${…}` put together.
Outcome concatenate(const List& pieces);

/// The hole that remembers an operation on arguments of which some are not known yet; secret if one of them is. Besides
/// operators and functions there is `?:` (condition, then, otherwise), which the evaluator alone can meet.
Value remember(std::string function, std::vector<Value> arguments, Type type = {});

/// Answers for the sources of holes: the value of an attribute of an object, null pointer while it is not known.
using HoleSource = std::function<const Value*(const std::string& address, const std::string& attribute)>;
/// The value with every hole in it computed, through lists and objects; an error where a source is not known yet.
Outcome fill(const Value& value, const HoleSource& source);

}  // namespace nmx
