#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "lang/value/type_json.hpp"
#include "lang/value/value_json.hpp"
#include "tests/lang/value/literal.hpp"

namespace nmx {
namespace {

Value read(std::string_view text) { return std::get<Value>(test::evaluate_row(text)); }

std::string failure(const Result<Value>& result) { return result ? "no error" : result.error().message; }

/// Makes values of every sort that can be stored.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}

  Value value(int depth) {
    Value result = held(depth);
    if (pick(8) == 0) result.secret = true;
    return result;
  }

 private:
  unsigned pick(unsigned count) { return std::uniform_int_distribution<unsigned>(0, count - 1)(engine_); }
  std::int64_t integer() {
    const std::int64_t any =
        std::uniform_int_distribution<std::int64_t>(std::numeric_limits<std::int64_t>::min())(engine_);
    return pick(2) == 0 ? any : any % 100;
  }
  double number() {
    double result = 0;
    do {
      const auto bits = static_cast<std::uint64_t>(integer());
      result = pick(2) == 0 ? static_cast<double>(integer()) / 8 : std::bit_cast<double>(bits);
    } while (!std::isfinite(result));
    return result;
  }
  std::string text() {
    static const std::vector<std::string> pieces = {
        "a", "$", "$$", "\"", "\\", "\n", "é", "👍", "\x7F", std::string(1, '\0'), "bytes", "\xFF", " "};
    std::string result;
    for (unsigned i = pick(6); i > 0; --i) result += pieces[pick(static_cast<unsigned>(pieces.size()))];
    return result;
  }
  std::string key() {
    static const std::vector<std::string> keys = {"a",       "b",     "$", "$a", "$$a", "$bytes",
                                                  "$secret", "$hole", "",  "é",  "x y"};
    return keys[pick(static_cast<unsigned>(keys.size()))];
  }
  Value held(int depth) {
    switch (pick(depth > 0 ? 11 : 8)) {
      case 0: return {};
      case 1: return pick(2) == 0;
      case 2: return integer();
      case 3: return number();
      case 4: return Bytes{integer()};
      case 5: return Duration{integer()};
      case 6: return text();
      case 7: return Nix{"pkgs.a"};
      case 8: {
        List list;
        for (unsigned i = pick(4); i > 0; --i) list.push_back(value(depth - 1));
        return list;
      }
      case 9: {
        Object object;
        for (unsigned i = pick(4); i > 0; --i) object.set(key(), value(depth - 1));
        return object;
      }
      default: {
        Unknown unknown;
        unknown.decider = pick(2) == 0 ? "Proxmox" : "";
        unknown.type =
            test::read_type(pick(2) == 0 ? "object({ a = optional(list(int), 5) })" : "service(a) | secret(ip)");
        if (pick(2) == 0) {
          unknown.address = "container.a";
          unknown.attribute = "id";
        } else {
          unknown.function = "concat";
          unknown.arguments = {value(depth - 1), value(depth - 1)};
        }
        return Hole{std::make_shared<const Unknown>(unknown)};
      }
    }
  }

  std::mt19937 engine_;
};

TEST(ExactJson, reads_back_as_the_very_same_value) {
  Random random(20240301);
  for (int i = 0; i < 20000; ++i) {
    const Value value = random.value(4);
    const std::string text = to_exact_json(value);
    const auto back = from_exact_json(text);
    ASSERT_TRUE(back) << back.error().message << " in " << text;
    ASSERT_EQ(test::write_literal(*back), test::write_literal(value)) << text;
    ASSERT_EQ(to_exact_json(*back), text);
  }
}

TEST(ExactJson, keeps_what_plain_json_would_lose) {
  EXPECT_EQ(to_exact_json(read("2.0")), "2.0");
  EXPECT_EQ(to_exact_json(read("2")), "2");
  EXPECT_EQ(to_exact_json(read("512MiB")), R"({"$bytes":536870912})");
  EXPECT_EQ(to_exact_json(read("1500ms")), R"({"$duration":1500})");
  EXPECT_EQ(to_exact_json(read("nix(\"a\")")), R"({"$nix":"a"})");
  EXPECT_EQ(to_exact_json(read("secret(\"a\")")), R"({"$secret":"a"})");
  EXPECT_EQ(to_exact_json(read("{ \"$bytes\" = 1 }")), R"({"$$bytes":1})");
  EXPECT_EQ(to_exact_json(read("{ \"$$a\" = 1 }")), R"({"$$$a":1})");
  EXPECT_EQ(to_exact_json(read("hole(id)")),
            R"({"$hole":{"address":"container.a.lxc","attribute":"id","decider":"Proxmox"}})");
  EXPECT_EQ(to_exact_json(read("instance(container.a)")), R"("container.a")");
  EXPECT_EQ(to_exact_json(Value("\xFF")), R"({"$binary":"ff"})");
}

TEST(ExactJson, refuses_what_it_would_not_write) {
  EXPECT_EQ(failure(from_exact_json(R"({"$bytes":"1"})")), "`$bytes` is malformed");
  EXPECT_EQ(failure(from_exact_json(R"({"$bytes":1.5})")), "`$bytes` is malformed");
  EXPECT_EQ(failure(from_exact_json(R"({"$nope":1})")), "`$nope` is malformed");
  EXPECT_EQ(failure(from_exact_json(R"({"$bytes":1,"a":2})")), "unexpected key `$bytes`");
  EXPECT_EQ(failure(from_exact_json(R"({"$hole":5})")), "`$hole` is malformed");
  EXPECT_EQ(failure(from_exact_json(R"({"$hole":{"address":5}})")), "`$hole` is malformed");
  EXPECT_EQ(failure(from_exact_json(R"({"$hole":{"type":{"tag":"nope"}}})")), "`$hole` is malformed");
  EXPECT_EQ(failure(from_exact_json(R"({"$binary":"f"})")), "`$binary` is malformed");
}

TEST(ExactJson, of_a_poisoned_value_is_a_bug) { EXPECT_THROW(to_exact_json(Poison{}), std::logic_error); }

TEST(PlainJson, refuses_depth_beyond_bounds_without_a_crash) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(from_json(nested(200)));
  EXPECT_EQ(failure(from_json(nested(201))), "nested deeper than 200 levels");
  EXPECT_EQ(failure(from_json(std::string(1'000'000, '['))), "nested deeper than 200 levels");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(failure(from_json(objects)), "nested deeper than 200 levels");
}

TEST(PlainJson, refuses_invalid_text) {
  for (const char* text : {"\"\xFF\"", "{\"a\" 1}", "nul", "01", "1.", "\"a", "{\"a\":1,}", "[1 2]", "\"\t\"", "NaN"}) {
    EXPECT_FALSE(from_json(text)) << text;
  }
}

TEST(PlainJson, pretty_style_is_indented_by_two) {
  const auto text = to_json(read("{ a = [1, { b = null }], c = {}, d = [] }"), JsonStyle::pretty);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST(PlainJson, has_no_form_for_secrets_and_holes) {
  for (const char* row :
       {"secret(1)", "[secret(1)]", "hole(a)", "{ a = hole(a) }", "instance(a.b)", "nix(\"a\")", "poison"}) {
    EXPECT_FALSE(to_json(read(row))) << row;
  }
}

TEST(TypeJson, reads_back_as_the_same_type) {
  for (const char* text : {"any", "list(map(bytes))", "object({ a = int, b = optional(string), c = optional(int, 5) })",
                           "enum(a, b)", "service(postgresql)", "service | url | secret(ip)", "secret(port)"}) {
    const Type type = test::read_type(text);
    const auto back = type_from_value(type_to_value(type));
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, type) << text;
  }
  EXPECT_FALSE(type_from_value(Value(5)));
}

}  // namespace
}  // namespace nmx
