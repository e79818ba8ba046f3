#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/value/functions/families.hpp"
#include "lang/value/order.hpp"

namespace nmx {
namespace {

using Set = std::set<Value, ByTotalOrder>;

/// There is no type of sets: a set is a list whose elements are distinct and in order, so that equal sets are equal.
Value as_list(const Set& set) { return Value(List(set.begin(), set.end())); }
Set as_set(const Value& value) { return {list_of(value).begin(), list_of(value).end()}; }

Outcome toset(Arguments arguments, const CallContext&) { return as_list(as_set(arguments[0])); }

Outcome setunion(Arguments arguments, const CallContext&) {
  Set all;
  for (const Value& list : arguments) all.insert(list_of(list).begin(), list_of(list).end());
  return as_list(all);
}

Outcome setintersection(Arguments arguments, const CallContext&) {
  if (arguments.empty()) return failed("needs at least one list");
  Set common = as_set(arguments[0]);
  for (const Value& list : arguments.subspan(1)) {
    const Set other = as_set(list);
    std::erase_if(common, [&](const Value& value) { return !other.contains(value); });
  }
  return as_list(common);
}

Outcome setsubtract(Arguments arguments, const CallContext&) {
  Set left = as_set(arguments[0]);
  for (const Value& value : list_of(arguments[1])) left.erase(value);
  return as_list(left);
}

Outcome setproduct(Arguments arguments, const CallContext&) {
  constexpr std::size_t most = 65536;
  if (arguments.empty()) return failed("needs at least one list");
  std::vector<List> rows = {{}};
  for (const Value& list : arguments) {
    std::vector<List> longer;
    if (rows.size() * list_of(list).size() > most) return failed(fmt::format("more than {} combinations", most));
    for (const List& row : rows) {
      for (const Value& element : list_of(list)) {
        longer.push_back(row);
        longer.back().push_back(element);
      }
    }
    rows = std::move(longer);
  }
  List product;
  for (List& row : rows) product.emplace_back(std::move(row));
  return Value(std::move(product));
}

}  // namespace

std::vector<Function> set_functions() {
  // clang-format off
  return {
      {.name = "toset", .parameters = {{"list", types::list}}, .result = types::list,
       .doc = "The distinct elements in rising order.\ntoset([\"b\", \"a\", \"b\"])  # [\"a\", \"b\"]", .body = toset},
      {.name = "setunion", .parameters = {{"lists", types::list}}, .variadic = true, .result = types::list,
       .doc = "What is in any of the lists, distinct and in rising order.\nsetunion([1, 2], [2, 3])  # [1, 2, 3]", .body = setunion},
      {.name = "setintersection", .parameters = {{"lists", types::list}}, .variadic = true, .result = types::list,
       .doc = "What is in all of the lists, distinct and in rising order.\nsetintersection([1, 2], [2, 3])  # [2]", .body = setintersection},
      {.name = "setsubtract", .parameters = {{"from", types::list}, {"remove", types::list}}, .result = types::list,
       .doc = "What is in the first list and not in the second, distinct and in rising order.\nsetsubtract([1, 2], [2])  # [1]", .body = setsubtract},
      {.name = "setproduct", .parameters = {{"lists", types::list}}, .variadic = true, .result = Type::list_of(types::list),
       .doc = "Every combination of one element of each list, in the order of the lists.\nsetproduct([1, 2], [\"a\"])  # [[1, \"a\"], [2, \"a\"]]", .body = setproduct},
  };
  // clang-format on
}

}  // namespace nmx
