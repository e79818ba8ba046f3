#include <fmt/core.h>

#include <array>

#include "lang/value/function.hpp"
#include "lang/value/operators.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

/// Functions that read files or the environment never meet a hole, so that filling needs nothing from outside.
class NoInputs : public Inputs {
 public:
  Result<std::string> file(const std::filesystem::path& path) override {
    return Error{fmt::format("`{}` is not read while changes are made", path.string())};
  }
  std::optional<std::string> environment(const std::string&) override { return std::nullopt; }
};

std::optional<BinaryOperator> binary_operator(std::string_view name) {
  using Op = BinaryOperator;
  constexpr std::array all = {Op::add,           Op::subtract, Op::multiply, Op::divide,     Op::modulo,
                              Op::equal,         Op::unequal,  Op::less,     Op::less_equal, Op::greater,
                              Op::greater_equal, Op::both,     Op::either,   Op::coalesce};
  for (const Op op : all) {
    if (spelling(op) == name) return op;
  }
  return std::nullopt;
}

Outcome choose(const List& arguments) {
  const bool* condition = arguments[0].boolean();
  if (!condition) return OperationError{Kind::operands, fmt::format("`?` cannot take `{}`", type_name(arguments[0]))};
  Value chosen = arguments[*condition ? 1 : 2];
  chosen.secret = chosen.secret || arguments[0].secret;
  return chosen;
}

Outcome compute(const std::string& name, const List& arguments) {
  if (arguments.size() == 1 && name == "-") return apply(UnaryOperator::negate, arguments[0]);
  if (arguments.size() == 1 && name == "!") return apply(UnaryOperator::invert, arguments[0]);
  if (name == "concatenate") return concatenate(arguments);
  if (arguments.size() == 2) {
    if (name == "member" && arguments[1].string()) return member(arguments[0], *arguments[1].string());
    if (name == "index") return index(arguments[0], arguments[1]);
    if (const auto op = binary_operator(name)) return apply(*op, arguments[0], arguments[1]);
  }
  if (arguments.size() == 3 && name == "?:") return choose(arguments);
  if (const Function* function = find_function(name)) {
    NoInputs inputs;
    return call(*function, arguments, {{}, inputs});
  }
  return OperationError{Kind::failed, fmt::format("unknown operation `{}`", name)};
}

class Filling {
 public:
  explicit Filling(const HoleSource& source) : source_(source) {}

  Outcome fill(const Value& value) {
    if (const Hole* hole = std::get_if<Hole>(&value.held)) return hole->unknown ? fill(*hole->unknown, value) : value;
    if (const List* list = value.list()) return contains_hole(value) ? fill(*list, value.secret) : value;
    if (const Object* object = value.object()) return contains_hole(value) ? fill(*object, value.secret) : value;
    return value;
  }

 private:
  Outcome fill(const Unknown& unknown, const Value& hole) {
    if (unknown.function.empty()) {
      const Value* found = source_(unknown.address, unknown.attribute);
      if (!found || contains_hole(*found)) {
        return OperationError{Kind::not_known,
                              fmt::format("`{}` of `{}` is not known yet", unknown.attribute, unknown.address)};
      }
      return hole.secret ? found->as_secret() : *found;
    }
    List arguments;
    for (const Value& argument : unknown.arguments) {
      // The side that is not chosen may stay unknown for ever.
      const bool lazy = unknown.function == "?:" && arguments.size() > 0 && arguments.front().boolean() &&
                        *arguments.front().boolean() != (arguments.size() == 1);
      Outcome filled = lazy ? Outcome(Value()) : fill(argument);
      if (std::holds_alternative<OperationError>(filled)) return filled;
      arguments.push_back(std::get<Value>(std::move(filled)));
    }
    Outcome result = compute(unknown.function, arguments);
    if (Value* value = std::get_if<Value>(&result); value && hole.secret) value->secret = true;
    return result;
  }

  Outcome fill(const List& list, bool secret) {
    List filled;
    filled.reserve(list.size());
    for (const Value& element : list) {
      Outcome outcome = fill(element);
      if (std::holds_alternative<OperationError>(outcome)) return outcome;
      filled.push_back(std::get<Value>(std::move(outcome)));
    }
    Value value(std::move(filled));
    value.secret = secret;
    return value;
  }

  Outcome fill(const Object& object, bool secret) {
    std::vector<Object::Entry> filled;
    for (const auto& [key, element] : object) {
      Outcome outcome = fill(element);
      if (std::holds_alternative<OperationError>(outcome)) return outcome;
      filled.emplace_back(key, std::get<Value>(std::move(outcome)));
    }
    Value value(Object::from(std::move(filled)));
    value.secret = secret;
    return value;
  }

  const HoleSource& source_;
};

}  // namespace

Value remember(std::string function, std::vector<Value> arguments, Type type) {
  bool secret = false;
  for (const Value& argument : arguments) secret = secret || contains_secret(argument);
  Unknown unknown;
  unknown.function = std::move(function);
  unknown.arguments = std::move(arguments);
  unknown.type = std::move(type);
  Value value(Hole{std::make_shared<const Unknown>(std::move(unknown))});
  value.secret = secret;
  return value;
}

Outcome fill(const Value& value, const HoleSource& source) { return Filling(source).fill(value); }

}  // namespace nmx
