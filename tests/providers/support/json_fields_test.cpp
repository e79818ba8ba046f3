#include "providers/support/json_fields.hpp"

#include <gtest/gtest.h>

namespace nmx {
namespace {

TEST(Fields, reads_integers_however_they_are_written) {
  EXPECT_EQ(tolerant_integer(Value(100)), 100);
  EXPECT_EQ(tolerant_integer(Value("100")), 100);
  EXPECT_EQ(tolerant_integer(Value("+300")), 300);
  EXPECT_EQ(tolerant_integer(Value(100.0)), 100);
  EXPECT_EQ(tolerant_integer(Value(true)), 1);
  EXPECT_EQ(tolerant_integer(Value(1.5)), std::nullopt);
  EXPECT_EQ(tolerant_integer(Value("12a")), std::nullopt);
  EXPECT_EQ(tolerant_integer(Value("")), std::nullopt);
  EXPECT_EQ(tolerant_integer(Value("99999999999999999999")), std::nullopt);
  EXPECT_EQ(tolerant_integer(Value{}), std::nullopt);
}

TEST(Fields, reads_booleans_however_they_are_written) {
  for (const auto* yes : {"1", "on", "YES", "True"}) EXPECT_EQ(tolerant_boolean(Value(yes)), true) << yes;
  for (const auto* no : {"0", "off", "No", "FALSE"}) EXPECT_EQ(tolerant_boolean(Value(no)), false) << no;
  EXPECT_EQ(tolerant_boolean(Value(0)), false);
  EXPECT_EQ(tolerant_boolean(Value("maybe")), std::nullopt);
}

TEST(Fields, takes_nothing_for_granted) {
  const Value odd("not an object");
  const Fields fields(odd);
  EXPECT_EQ(fields.text("name"), std::nullopt);
  EXPECT_EQ(fields.integer_or("vmid", 7), 7);
  EXPECT_TRUE(elements(odd).empty());
}

TEST(Fields, splits_lists_without_empty_parts) {
  EXPECT_EQ(split_list(" a ,, b;c ", " ,;"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(split_list("", ",").empty());
}

}  // namespace
}  // namespace nmx
