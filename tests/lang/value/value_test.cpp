#include "lang/value/value.hpp"

#include <gtest/gtest.h>

#include "lang/value/convert.hpp"
#include "lang/value/order.hpp"
#include "tests/lang/value/literal.hpp"

namespace nmx {
namespace {

Value read(std::string_view text) { return std::get<Value>(test::evaluate_row(text)); }

TEST(Object, keeps_keys_in_byte_order_however_they_come) {
  Object object = {{"b", 1}, {"a", 2}, {"Z", 3}};
  object.set("a", 4);
  object.set("ä", 5);
  EXPECT_EQ(display(object), "{ Z = 3, a = 4, b = 1, \"ä\" = 5 }");
}

TEST(Object, of_equal_keys_the_last_one_stays) {
  EXPECT_EQ(display(Object::from({{"a", 1}, {"b", 2}, {"a", 3}, {"a", 4}})), "{ a = 4, b = 2 }");
}

TEST(Object, finds_and_erases) {
  Object object = {{"a", 1}, {"b", 2}};
  EXPECT_TRUE(object.contains("a"));
  EXPECT_TRUE(object.erase("a"));
  EXPECT_FALSE(object.erase("a"));
  EXPECT_EQ(object.find("a"), nullptr);
  EXPECT_TRUE(object.at_or_null("a").is_null());
  EXPECT_EQ(object.at_or_null("b"), Value(2));
  *object.find("b") = 7;
  EXPECT_EQ(object, (Object{{"b", 7}}));
}

TEST(Value, copies_share_their_lists_and_objects) {
  const Value list(List(1000, Value("text")));
  const Value copy = list;
  EXPECT_EQ(copy.list(), list.list());
}

TEST(Value, what_fits_a_type_is_not_copied) {
  const Value list(List{Value("a"), Value("b")});
  const auto converted = convert(list, test::read_type("list(string)"));
  EXPECT_EQ(std::get<Value>(converted).list(), list.list());
  const Value object = read("{ a = 1, b = [\"fd00::1\"] }");
  const auto fitted = convert(object, test::read_type("object({ a = int, b = list(ip), })"));
  EXPECT_EQ(std::get<Value>(fitted).object(), object.object());
}

TEST(Value, says_what_stands_inside) {
  EXPECT_TRUE(contains_hole(read("[1, { a = [hole(x)] }]")));
  EXPECT_FALSE(contains_hole(read("[1, { a = [2] }]")));
  EXPECT_TRUE(contains_secret(read("{ a = [secret(1)] }")));
  EXPECT_FALSE(contains_secret(read("{ a = [1] }")));
  EXPECT_TRUE(contains_poison(read("[[poison]]")));
  EXPECT_FALSE(contains_poison(read("[[null]]")));
}

TEST(Value, display_of_a_huge_list_stops_where_it_is_cut) {
  const Value huge(List(2'000'000, Value("0123456789")));
  EXPECT_EQ(display(huge, 12), "[\"012345678…");
}

TEST(TotalOrder, agrees_with_equality) {
  const std::vector<Value> values = {read("null"),
                                     read("true"),
                                     read("1"),
                                     read("1.0"),
                                     read("1.5"),
                                     read("\"1\""),
                                     read("1GiB"),
                                     read("1024MiB"),
                                     read("1s"),
                                     read("[1]"),
                                     read("[1.0]"),
                                     read("[1, 2]"),
                                     read("{ a = 1 }"),
                                     read("{ a = 2 }"),
                                     read("{ b = 1 }"),
                                     read("{}"),
                                     read("nix(\"1\")"),
                                     read("hole(a)"),
                                     read("hole(b)"),
                                     read("9007199254740993"),
                                     read("9007199254740992.0"),
                                     read("instance(a.b)"),
                                     read("false")};
  for (const Value& left : values) {
    for (const Value& right : values) {
      EXPECT_EQ(total_order(left, right) == 0, left == right) << display(left) << " " << display(right);
      EXPECT_EQ(total_order(left, right) < 0, total_order(right, left) > 0) << display(left) << " " << display(right);
    }
  }
}

TEST(Type, is_written_as_users_write_it) {
  for (const char* text :
       {"any", "bool", "int", "list(list(string))", "map(ip)",
        "object({ a = int, b = optional(string), c = optional(int, 5) })", "object({})", "enum(a, b)",
        "service(postgresql)", "container", "service | url", "secret(list(int))", "port"}) {
    EXPECT_EQ(to_string(test::read_type(text)), text);
  }
}

TEST(Type, is_compared_by_content) {
  const auto same = [](const char* left, const char* right) { return test::read_type(left) == test::read_type(right); };
  EXPECT_TRUE(same("object({ a = optional(list(int), 5) })", "object({ a = optional(list(int), 5) })"));
  EXPECT_FALSE(same("object({ a = optional(int, 5) })", "object({ a = optional(int, 6) })"));
  EXPECT_FALSE(same("object({ a = int })", "object({ b = int })"));
  EXPECT_FALSE(same("list(int)", "map(int)"));
  EXPECT_FALSE(same("list(int)", "list(string)"));
  EXPECT_FALSE(same("string", "secret(string)"));
  EXPECT_FALSE(same("service(a)", "service(b)"));
}

TEST(Mismatch, says_of_what_sort_it_is) {
  const auto reason = [](std::string_view value, std::string_view type) {
    const auto converted = convert(read(value), test::read_type(type));
    return std::get<Mismatch>(converted).reason;
  };
  EXPECT_EQ(reason("512", "bytes"), Mismatch::Reason::wrong_unit);
  EXPECT_EQ(reason("\"a\"", "int"), Mismatch::Reason::wrong_type);
  EXPECT_EQ(reason("{}", "object({ a = int })"), Mismatch::Reason::missing);
  EXPECT_EQ(reason("{ a = 1 }", "object({})"), Mismatch::Reason::unknown_key);
  EXPECT_EQ(reason("\"a\"", "ip"), Mismatch::Reason::bad_format);
  EXPECT_EQ(reason("\"a\"", "enum(b, c)"), Mismatch::Reason::unknown_member);
}

}  // namespace
}  // namespace nmx
