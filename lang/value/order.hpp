#pragma once

#include <compare>

#include "lang/value/value.hpp"

namespace nmx {

/// A total order over all values, equal where `==` says so: by type, then by meaning. For sets and for stable output;
/// `<` of the language compares within one type only.
std::weak_ordering total_order(const Value& left, const Value& right);

struct ByTotalOrder {
  bool operator()(const Value& left, const Value& right) const { return total_order(left, right) < 0; }
};

}  // namespace nmx
