#include "lang/value/order.hpp"

#include <algorithm>

#include "lang/value/overloaded.hpp"

namespace nmx {
namespace {

/// Numbers of both forms share a rank, because 1 equals 1.0.
std::size_t rank(const Value& value) {
  constexpr std::size_t integers = 3;
  return value.is<double>() ? integers : value.held.index();
}

std::weak_ordering order(double left, double right) {
  return left < right   ? std::weak_ordering::less
         : left > right ? std::weak_ordering::greater
                        : std::weak_ordering::equivalent;
}

std::weak_ordering order(std::int64_t left, double right) {
  constexpr double limit = 9223372036854775808.0;
  if (right >= limit) return std::weak_ordering::less;
  if (right < -limit) return std::weak_ordering::greater;
  const auto whole = static_cast<std::int64_t>(right);
  return left != whole ? left <=> whole : order(static_cast<double>(whole), right);
}

std::weak_ordering order(const List& left, const List& right) {
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (const auto found = total_order(left[i], right[i]); found != 0) return found;
  }
  return left.size() <=> right.size();
}

std::weak_ordering order(const Object& left, const Object& right) {
  auto a = left.begin();
  auto b = right.begin();
  for (; a != left.end() && b != right.end(); ++a, ++b) {
    if (const int keys = a->first.compare(b->first); keys != 0) return keys <=> 0;
    if (const auto found = total_order(a->second, b->second); found != 0) return found;
  }
  return left.size() <=> right.size();
}

std::string address_of(const Instance& instance) { return instance.entity ? instance.entity->address() : ""; }

std::weak_ordering order(const Unknown& left, const Unknown& right) {
  if (const int found = left.address.compare(right.address); found != 0) return found <=> 0;
  if (const int found = left.attribute.compare(right.attribute); found != 0) return found <=> 0;
  if (const int found = left.function.compare(right.function); found != 0) return found <=> 0;
  return order(left.arguments, right.arguments);
}

}  // namespace

std::weak_ordering total_order(const Value& left, const Value& right) {
  using Order = std::weak_ordering;
  if (rank(left) != rank(right)) return rank(left) <=> rank(right);
  return std::visit(
      Overloaded{
          [](bool a, bool b) -> Order { return a <=> b; },
          [](std::int64_t a, std::int64_t b) -> Order { return a <=> b; },
          [](double a, double b) -> Order { return order(a, b); },
          [](std::int64_t a, double b) -> Order { return order(a, b); },
          [](double a, std::int64_t b) -> Order { return 0 <=> order(b, a); },
          [](const Bytes& a, const Bytes& b) -> Order { return a <=> b; },
          [](const Duration& a, const Duration& b) -> Order { return a <=> b; },
          [](const std::string& a, const std::string& b) -> Order { return a.compare(b) <=> 0; },
          [](const Nix& a, const Nix& b) -> Order { return a.text.compare(b.text) <=> 0; },
          [](const Instance& a, const Instance& b) -> Order { return address_of(a).compare(address_of(b)) <=> 0; },
          [](const Value::SharedList& a, const Value::SharedList& b) -> Order { return order(*a, *b); },
          [](const Value::SharedObject& a, const Value::SharedObject& b) -> Order { return order(*a, *b); },
          [](const Hole& a, const Hole& b) -> Order {
            return a.unknown == b.unknown ? Order::equivalent : order(*a.unknown, *b.unknown);
          },
          [](const auto&, const auto&) -> Order { return Order::equivalent; },
      },
      left.held, right.held);
}

}  // namespace nmx
