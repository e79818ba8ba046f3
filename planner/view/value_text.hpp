#pragma once

#include <string>

#include "lang/value/value.hpp"
#include "planner/change.hpp"

namespace nmx {

/// A value as people read it in a plan, on one line: `4 GiB`, `web1`, `[a, b]`, `(secret)`, `⟨known after apply⟩`.
std::string value_text(const Value& value, std::size_t limit);

/// What a new object will be, most telling first: `115 on pve2, 192.168.50.31, 1 core, 512 MiB`.
std::string object_summary(const Object& object, std::size_t limit);

/// One difference split into rows: an object that stays is shown by the fields that differ.
struct DifferenceRow {
  char sign = '~';  // `+`, `-`, `~`
  std::string name;
  std::string text;
};
std::vector<DifferenceRow> difference_rows(const AttributeChange& change, std::size_t limit);

}  // namespace nmx
