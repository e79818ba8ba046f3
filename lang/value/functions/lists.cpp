#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/value/functions/families.hpp"
#include "lang/value/operators.hpp"
#include "lang/value/order.hpp"
#include "lang/value/unicode.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

Outcome length(Arguments arguments, const CallContext&) {
  const Value& value = arguments[0];
  if (const List* list = value.list()) return count_of(list->size());
  if (const Object* object = value.object()) return count_of(object->size());
  if (const std::string* text = value.string()) return count_of(text_length(*text));
  return bad_argument(0, fmt::format("expected a list, an object or a text, found `{}`", type_name(value)));
}

Outcome element(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  if (list.empty()) return bad_argument(0, "the list is empty");
  const auto size = static_cast<std::int64_t>(list.size());
  const std::int64_t position = integer_of(arguments[1]) % size;
  return list[static_cast<std::size_t>(position < 0 ? position + size : position)];
}

Outcome index_of(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  const auto found = std::find(list.begin(), list.end(), arguments[1]);
  if (found == list.end()) return failed("the value is not in the list", "`contains(list, value)` asks first");
  return Value(static_cast<std::int64_t>(found - list.begin()));
}

Outcome slice(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  const std::int64_t begin = integer_of(arguments[1]);
  const std::int64_t end = integer_of(arguments[2]);
  const auto size = static_cast<std::int64_t>(list.size());
  if (begin < 0 || begin > size) return bad_argument(1, fmt::format("{} is not between 0 and {}", begin, size));
  if (end < begin || end > size) return bad_argument(2, fmt::format("{} is not between {} and {}", end, begin, size));
  return Value(List(list.begin() + begin, list.begin() + end));
}

Outcome reverse(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  return Value(List(list.rbegin(), list.rend()));
}

Outcome concat(Arguments arguments, const CallContext&) {
  List joined;
  for (const Value& list : arguments) joined.insert(joined.end(), list_of(list).begin(), list_of(list).end());
  return Value(std::move(joined));
}

/// Answers whether all could be looked into.
bool flatten_into(List& flat, const List& list, bool secret) {
  for (const Value& element : list) {
    if (element.is_hole()) return false;
    if (const List* inner = element.list()) {
      if (!flatten_into(flat, *inner, secret || element.secret)) return false;
    } else {
      flat.push_back(secret ? element.as_secret() : element);
    }
  }
  return true;
}

Outcome flatten(Arguments arguments, const CallContext&) {
  List flat;
  // A hole may turn out to be a list, so how many elements there are is not known.
  if (!flatten_into(flat, list_of(arguments[0]), false)) return OperationError{Kind::not_known, {}};
  return Value(std::move(flat));
}

Outcome distinct(Arguments arguments, const CallContext&) {
  std::set<Value, ByTotalOrder> seen;
  List kept;
  for (const Value& element : list_of(arguments[0])) {
    if (seen.insert(element).second) kept.push_back(element);
  }
  return Value(std::move(kept));
}

Outcome contains(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  return Value(std::find(list.begin(), list.end(), arguments[1]) != list.end());
}

Outcome chunklist(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  const std::int64_t size = integer_of(arguments[1]);
  if (size < 1) return bad_argument(1, fmt::format("{} is not a size", size), "at least 1");
  List chunks;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end =
        begin + static_cast<std::size_t>(std::min(size, static_cast<std::int64_t>(list.size() - begin)));
    chunks.emplace_back(
        List(list.begin() + static_cast<std::ptrdiff_t>(begin), list.begin() + static_cast<std::ptrdiff_t>(end)));
    begin = end;
  }
  return Value(std::move(chunks));
}

bool is_blank(const Value& value) { return value.is_null() || (value.string() && value.string()->empty()); }

Outcome compact(Arguments arguments, const CallContext&) {
  List kept;
  for (const Value& element : list_of(arguments[0])) {
    if (element.is_hole()) return OperationError{Kind::not_known, {}};
    if (!is_blank(element)) kept.push_back(element);
  }
  return Value(std::move(kept));
}

Outcome coalesce(Arguments arguments, const CallContext&) {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(), [](const Value& value) { return !is_blank(value); });
  if (found == arguments.end()) return failed("every argument is null or empty", "give a last one that is not");
  return *found;
}

Outcome coalescelist(Arguments arguments, const CallContext&) {
  for (const Value& list : arguments) {
    if (!list.is_null() && !list_of(list).empty()) return list;
  }
  return failed("every list is null or empty", "give a last one that is not");
}

Outcome one(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  if (list.empty()) return Value();
  if (list.size() == 1) return list.front();
  return bad_argument(0, fmt::format("expected at most one element, found {}: {}", list.size(), display(arguments[0])));
}

Outcome range(Arguments arguments, const CallContext&) {
  constexpr std::size_t most = 65536;
  const Value start = arguments.size() > 1 ? arguments[0] : Value(0);
  const Value limit = arguments.size() > 1 ? arguments[1] : arguments[0];
  const bool rising = number_of(start) <= number_of(limit);
  const Value step = arguments.size() > 2 ? arguments[2] : Value(rising ? 1 : -1);
  if (number_of(step) == 0) return bad_argument(2, "a step of 0 never ends");
  if (rising != (number_of(step) > 0) && !(start == limit)) {
    return bad_argument(2, fmt::format("a step of {} leads away from {}", display(step), display(limit)));
  }
  List numbers;
  Value next = start;
  while (rising ? number_of(next) < number_of(limit) : number_of(next) > number_of(limit)) {
    if (numbers.size() == most) return failed(fmt::format("more than {} numbers", most));
    numbers.push_back(next);
    Outcome sum = apply(BinaryOperator::add, next, step);
    if (std::holds_alternative<OperationError>(sum)) break;
    if (std::get<Value>(sum) == next) return bad_argument(2, "the step is too small");
    next = std::get<Value>(std::move(sum));
  }
  return Value(std::move(numbers));
}

Outcome sort(Arguments arguments, const CallContext&) {
  List sorted = list_of(arguments[0]);
  for (const Value& element : sorted) {
    if (element.held.index() != sorted.front().held.index() && !(element.is_number() && sorted.front().is_number())) {
      return bad_argument(0, fmt::format("`{}` and `{}` have no order", type_name(sorted.front()), type_name(element)));
    }
  }
  const bool ordered = sorted.empty() || sorted.front().is_string() || sorted.front().is_number() ||
                       sorted.front().is<Bytes>() || sorted.front().is<Duration>();
  if (!ordered) return bad_argument(0, fmt::format("values of type `{}` have no order", type_name(sorted.front())));
  std::stable_sort(sorted.begin(), sorted.end(), ByTotalOrder{});
  return Value(std::move(sorted));
}

Outcome alltrue(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  return Value(std::all_of(list.begin(), list.end(), [](const Value& value) { return *value.boolean(); }));
}

Outcome anytrue(Arguments arguments, const CallContext&) {
  const List& list = list_of(arguments[0]);
  return Value(std::any_of(list.begin(), list.end(), [](const Value& value) { return *value.boolean(); }));
}

Outcome matchkeys(Arguments arguments, const CallContext&) {
  const List& values = list_of(arguments[0]);
  const List& keys = list_of(arguments[1]);
  const List& wanted = list_of(arguments[2]);
  if (values.size() != keys.size()) {
    return bad_argument(1, fmt::format("{} keys for {} values", keys.size(), values.size()));
  }
  List kept;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::find(wanted.begin(), wanted.end(), keys[i]) != wanted.end()) kept.push_back(values[i]);
  }
  return Value(std::move(kept));
}

}  // namespace

std::vector<Function> list_functions() {
  const Type booleans = Type::list_of(types::boolean);
  // clang-format off
  return {
      {.name = "length", .parameters = {{"value", types::any}}, .result = types::integer,
       .doc = "How many elements a list has, entries an object, characters a text.\nlength([\"a\", \"b\"])  # 2", .body = length, .structural = true},
      {.name = "element", .parameters = {{"list", types::list}, {"index", types::integer}}, .result = types::any,
       .doc = "The element at an index, counted round: behind the last comes the first.\nelement([\"a\", \"b\"], 3)  # \"b\"", .body = element, .structural = true},
      {.name = "index", .parameters = {{"list", types::list}, {.name = "value", .type = types::any, .nullable = true}}, .result = types::integer,
       .doc = "Where a value stands in a list, counted from 0.\nindex([\"a\", \"b\"], \"b\")  # 1", .body = index_of},
      {.name = "slice", .parameters = {{"list", types::list}, {"start", types::integer}, {"end", types::integer}}, .result = types::list,
       .doc = "The elements from a start up to, not including, an end.\nslice([1, 2, 3, 4], 1, 3)  # [2, 3]", .body = slice, .structural = true},
      {.name = "reverse", .parameters = {{"list", types::list}}, .result = types::list,
       .doc = "The elements from last to first.\nreverse([1, 2, 3])  # [3, 2, 1]", .body = reverse, .structural = true},
      {.name = "concat", .parameters = {{"lists", types::list}}, .variadic = true, .result = types::list,
       .doc = "The elements of several lists in one.\nconcat([1], [2, 3])  # [1, 2, 3]", .body = concat, .structural = true},
      {.name = "flatten", .parameters = {{"list", types::list}}, .result = types::list,
       .doc = "The elements of lists within lists, at any depth, in one list.\nflatten([[1], [2, [3]]])  # [1, 2, 3]", .body = flatten, .structural = true},
      {.name = "distinct", .parameters = {{"list", types::list}}, .result = types::list,
       .doc = "Each value once, where it first stands.\ndistinct([\"b\", \"a\", \"b\"])  # [\"b\", \"a\"]", .body = distinct},
      {.name = "contains", .parameters = {{"list", types::list}, {.name = "value", .type = types::any, .nullable = true}}, .result = types::boolean,
       .doc = "Whether a list has a value.\ncontains([\"a\", \"b\"], \"a\")  # true", .body = contains},
      {.name = "chunklist", .parameters = {{"list", types::list}, {"size", types::integer}}, .result = types::list,
       .doc = "A list cut into lists of a size; the last one may be shorter.\nchunklist([1, 2, 3], 2)  # [[1, 2], [3]]", .body = chunklist, .structural = true},
      {.name = "compact", .parameters = {{"list", types::list}}, .result = types::list,
       .doc = "The list without null and empty texts.\ncompact([\"a\", \"\", null])  # [\"a\"]", .body = compact, .structural = true},
      {.name = "coalesce", .parameters = {{.name = "values", .type = types::any, .nullable = true}}, .variadic = true, .result = types::any,
       .doc = "The first argument that is neither null nor an empty text.\ncoalesce(null, \"\", \"a\")  # \"a\"", .body = coalesce, .structural = true},
      {.name = "coalescelist", .parameters = {{.name = "lists", .type = types::list, .nullable = true}}, .variadic = true, .result = types::list,
       .doc = "The first list that is neither null nor empty.\ncoalescelist([], [1])  # [1]", .body = coalescelist, .structural = true},
      {.name = "one", .parameters = {{"list", types::list}}, .result = types::any,
       .doc = "The only element, null of an empty list, an error where there are several.\none([\"a\"])  # \"a\"", .body = one, .structural = true},
      {.name = "range", .parameters = {{"start", types::number}, {"limit", types::number, true}, {"step", types::number, true}}, .result = Type::list_of(types::number),
       .doc = "Numbers from a start (0 if only the limit is given) up to, not including, a limit.\nrange(1, 6, 2)  # [1, 3, 5]", .body = range},
      {.name = "sort", .parameters = {{"list", types::list}}, .result = types::list,
       .doc = "The elements in rising order: texts by byte, numbers, bytes and durations by size.\nsort([\"b\", \"a\"])  # [\"a\", \"b\"]", .body = sort},
      {.name = "alltrue", .parameters = {{"list", booleans}}, .result = types::boolean,
       .doc = "Whether no element is false.\nalltrue([true, true])  # true", .body = alltrue},
      {.name = "anytrue", .parameters = {{"list", booleans}}, .result = types::boolean,
       .doc = "Whether an element is true.\nanytrue([false, true])  # true", .body = anytrue},
      {.name = "matchkeys", .parameters = {{"values", types::list}, {"keys", types::list}, {"wanted", types::list}}, .result = types::list,
       .doc = "The values whose key at the same index is among the wanted.\nmatchkeys([1, 2], [\"a\", \"b\"], [\"b\"])  # [2]", .body = matchkeys},
  };
  // clang-format on
}

}  // namespace nmx
