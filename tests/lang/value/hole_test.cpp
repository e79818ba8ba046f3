#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "lang/value/operators.hpp"
#include "lang/value/value_json.hpp"
#include "tests/lang/value/literal.hpp"

namespace nmx {
namespace {

/// What apply learns about `container.a.lxc`.
const std::map<std::string, Value>& learnt() {
  static const std::map<std::string, Value> values = {{"volume", "tank:vm-105"},
                                                      {"vmid", 105},
                                                      {"size", Bytes{1 << 30}},
                                                      {"ready", true},
                                                      {"ips", List{Value("10.0.0.1"), Value("10.0.0.2")}},
                                                      {"facts", Object{{"mac", "AA:BB"}}},
                                                      {"nothing", Value()}};
  return values;
}

const Value* source(const std::string& address, const std::string& attribute) {
  const auto found = learnt().find(attribute);
  return address == "container.a.lxc" && found != learnt().end() ? &found->second : nullptr;
}

/// A row computed now with holes and filled after.
std::string filled(std::string_view row) {
  const Outcome outcome = test::evaluate_row(row);
  if (const auto* error = std::get_if<OperationError>(&outcome)) return "early error: " + error->message;
  const Outcome result = fill(std::get<Value>(outcome), source);
  if (const auto* error = std::get_if<OperationError>(&result)) return "error: " + error->message;
  return test::write_literal(std::get<Value>(result));
}

TEST(Fill, puts_values_where_holes_were) {
  EXPECT_EQ(filled("hole(volume)"), "\"tank:vm-105\"");
  EXPECT_EQ(filled("[1, { a = hole(vmid) }]"), "[1, { a = 105 }]");
  EXPECT_EQ(filled("{ a = [hole(ips)], b = 2 }"), "{ a = [[\"10.0.0.1\", \"10.0.0.2\"]], b = 2 }");
  EXPECT_EQ(filled("5"), "5");
}

TEST(Fill, computes_every_operation_later_as_it_would_have_now) {
  EXPECT_EQ(filled("hole(vmid) + 1"), "106");
  EXPECT_EQ(filled("1 - hole(vmid)"), "-104");
  EXPECT_EQ(filled("-hole(vmid)"), "-105");
  EXPECT_EQ(filled("!hole(ready)"), "false");
  EXPECT_EQ(filled("hole(size) * 1.5"), "1.5GiB");
  EXPECT_EQ(filled("hole(size) / 512MiB"), "2");
  EXPECT_EQ(filled("hole(vmid) % 2"), "1");
  EXPECT_EQ(filled("hole(vmid) == 105"), "true");
  EXPECT_EQ(filled("[hole(vmid)] != [105]"), "false");
  EXPECT_EQ(filled("hole(vmid) < 200"), "true");
  EXPECT_EQ(filled("true && hole(ready)"), "true");
  EXPECT_EQ(filled("hole(nothing) ?? 7"), "7");
  EXPECT_EQ(filled("hole(vmid) ?? 7"), "105");
  EXPECT_EQ(filled("hole(facts).mac"), "\"AA:BB\"");
  EXPECT_EQ(filled("hole(ips)[1]"), "\"10.0.0.2\"");
  EXPECT_EQ(filled("[10, 20][hole(vmid) - 104]"), "20");
  EXPECT_EQ(filled("concatenate(\"ct/\", hole(vmid), \"/\", hole(volume))"), "\"ct/105/tank:vm-105\"");
}

TEST(Fill, calls_nested_functions_with_their_captured_constants) {
  EXPECT_EQ(filled("upper(split(\":\", hole(volume))[1])"), "\"VM-105\"");
  EXPECT_EQ(filled("cidrhost(\"10.0.0.0/8\", hole(vmid) + 1)"), "\"10.0.0.106\"");
  EXPECT_EQ(filled("join(\",\", concat(hole(ips), [\"10.0.0.3\"]))"), "\"10.0.0.1,10.0.0.2,10.0.0.3\"");
  EXPECT_EQ(filled("flatten([[\"a\"], hole(ips)])"), "[\"a\", \"10.0.0.1\", \"10.0.0.2\"]");
  EXPECT_EQ(filled("merge_deep({ a = { x = 1 } }, { a = hole(facts) })"), "{ a = { mac = \"AA:BB\", x = 1 } }");
  EXPECT_EQ(filled("jsonencode({ id = hole(vmid) })"), "\"{\\\"id\\\":105}\"");
}

TEST(Fill, reports_what_a_later_value_does_not_fit) {
  EXPECT_EQ(filled("hole(volume) + 1"), "error: `+` cannot take `string` and `int`");
  EXPECT_EQ(filled("upper(hole(vmid))"), "error: argument `text` of `upper`: expected `string`, found `int`");
  EXPECT_EQ(filled("[1][hole(vmid)]"), "error: index 105 is out of range: the list has 1 elements");
  EXPECT_EQ(filled("hole(missing)"), "error: `missing` of `container.a.lxc` is not known yet");
  EXPECT_EQ(filled("upper(hole(missing))"), "error: `missing` of `container.a.lxc` is not known yet");
}

TEST(Fill, keeps_secrets_secret) {
  EXPECT_EQ(filled("secret(hole(volume))"), "secret(\"tank:vm-105\")");
  EXPECT_EQ(filled("concatenate(secret(\"a\"), hole(vmid))"), "secret(\"a105\")");
  EXPECT_EQ(filled("secret([hole(vmid)])"), "secret([105])");
  EXPECT_EQ(filled("reveal(concatenate(secret(\"a\"), hole(vmid)))"), "\"a105\"");
}

TEST(Fill, takes_the_chosen_side_alone) {
  const Value condition = std::get<Value>(test::evaluate_row("hole(ready)"));
  const Value missing = std::get<Value>(test::evaluate_row("hole(missing)"));
  EXPECT_EQ(test::write_literal(std::get<Value>(fill(remember("?:", {condition, Value("yes"), missing}), source))),
            "\"yes\"");
  const Value otherwise = std::get<Value>(apply(UnaryOperator::invert, condition));
  EXPECT_EQ(test::write_literal(std::get<Value>(fill(remember("?:", {otherwise, missing, Value("no")}), source))),
            "\"no\"");
}

TEST(Fill, works_the_same_after_a_journey_through_a_plan) {
  for (const char* row :
       {"hole(vmid) + 1", "concatenate(\"$\", hole(volume))", "cidrhost(\"10.0.0.0/8\", hole(vmid) + 1)",
        "[{ \"$a\" = hole(vmid) }]", "secret(hole(volume))", "hole(size) * 2"}) {
    const Value value = std::get<Value>(test::evaluate_row(row));
    const auto back = from_exact_json(to_exact_json(value));
    ASSERT_TRUE(back) << row << ": " << back.error().message;
    EXPECT_EQ(test::write_literal(std::get<Value>(fill(*back, source))), filled(row)) << row;
    EXPECT_EQ(display(*back), display(value));
  }
}

TEST(Holes, are_equal_where_they_compute_the_same) {
  const auto value = [](const char* row) { return std::get<Value>(test::evaluate_row(row)); };
  EXPECT_EQ(value("hole(a) + 1"), value("hole(a) + 1"));
  EXPECT_FALSE(value("hole(a) + 1") == value("hole(a) + 2"));
  EXPECT_FALSE(value("hole(a)") == value("hole(b)"));
  EXPECT_FALSE(value("hole(a) + 1") == value("hole(a) - 1"));
}

TEST(Holes, of_a_known_type_are_not_null) {
  auto unknown = std::make_shared<Unknown>();
  unknown->address = "container.a.lxc";
  unknown->attribute = "volume";
  const Value untyped{Hole{std::make_shared<const Unknown>(*unknown)}};
  unknown->type = Type::simple(Type::Tag::string);
  const Value typed{Hole{unknown}};
  EXPECT_EQ(std::get<Value>(apply(BinaryOperator::equal, typed, Value{})), Value{false});
  EXPECT_EQ(std::get<Value>(apply(BinaryOperator::unequal, Value{}, typed)), Value{true});
  EXPECT_EQ(std::get<Value>(apply(BinaryOperator::coalesce, typed, Value{"other"})), typed);
  EXPECT_EQ(std::get<Value>(apply(BinaryOperator::equal, Value{Object{{"a", untyped}}}, Value{})), Value{false});
  EXPECT_TRUE(std::get<Value>(apply(BinaryOperator::equal, untyped, Value{})).is_hole());
}

}  // namespace
}  // namespace nmx
