#include "tests/support/evaluate_text.hpp"

namespace nmx::test {
namespace {

using Texts = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

TEST(Variables, take_the_strongest_of_five_sources) {
  const std::string text = R"(
environment prod { default = true }
environment dev { variables = { a = 3 } }
variable a { type = int, default = 1 }
output a { value = var.a }
)";
  const auto answer = [&](LoadOptions options, std::map<std::string, std::string> variables) {
    Site site(Files{{"site.nmx", text}}, std::move(options), std::move(variables));
    return site.output("a");
  };
  LoadOptions dev;
  dev.environment = "dev";
  auto both = dev;
  both.variables = {{"a", "4"}, {"a", "5"}};
  EXPECT_EQ(answer({}, {}), "1");
  EXPECT_EQ(answer({}, {{"NMX_VAR_a", "2"}}), "2");
  EXPECT_EQ(answer(dev, {{"NMX_VAR_a", "2"}}), "3");
  EXPECT_EQ(answer(both, {{"NMX_VAR_a", "2"}}), "5");
}

TEST(Variables, hold_their_conditions) {
  Site site(
      "variable a { type = int, default = 0, validate { condition = var.a > 0, message = \"must be positive\" } }\n");
  EXPECT_EQ(site.mistakes(), Texts{"NMX0504 must be positive"});
}

TEST(Environments, are_named_to_expressions) {
  Site none("output e { value = environment.name }\n");
  EXPECT_EQ(none.output("e"), "\"default\"");
  LoadOptions options;
  options.environment = "nope";
  Site unknown(Files{{"site.nmx", "environment dev {}\n"}}, options);
  EXPECT_EQ(unknown.mistakes().front().substr(0, 7), "NMX0212");
}

TEST(Modules, take_values_and_give_outputs) {
  Site site(Files{{"site.nmx", R"(
module lab { source = "./lab", size = 3 }
module many { for_each = { a = 1, b = 2 }, source = "./lab", size = each.value }
module off { when = false, source = "./lab" }
output one { value = module.lab.double }
output all { value = [for k, m in module.many : "${k}${m.double}"] }
output key { value = module.many["b"].double }
output off { value = module.off?.double ?? "off" }
)"},
                  {"lab/lab.nmx",
                   "variable size { type = int, default = 1 }\nresource value v { input = var.size }\n"
                   "output double { value = resource.value.v.input * 2 }\n"}});
  EXPECT_EQ(site.output("one"), "6") << site.rendered();
  EXPECT_EQ(site.output("all"), R"(["a2", "b4"])");
  EXPECT_EQ(site.output("key"), "4");
  EXPECT_EQ(site.output("off"), "\"off\"");
  EXPECT_EQ(site.resources(), (Texts{"module.lab.resource.value.v", "module.many[\"a\"].resource.value.v",
                                     "module.many[\"b\"].resource.value.v"}));
}

TEST(Modules, share_the_maps_of_kinds_and_look_at_their_own_first) {
  Site site(
      Files{{"site.nmx", R"(
kind k { input n { type = int } }
k same { n = 1 }
module lab { source = "./lab" }
output names { value = length(k) }
output mine { value = k.same.n }
output theirs { value = [module.lab.mine, module.lab.outer] }
k outer { n = 9 }
)"},
            {"lab/lab.nmx", "k own { n = 2 }\noutput mine { value = k.own.n }\noutput outer { value = k.outer.n }\n"}});
  EXPECT_EQ(site.output("names"), "3") << site.rendered();
  EXPECT_EQ(site.output("mine"), "1");
  EXPECT_EQ(site.output("theirs"), "[2, 9]");
}

TEST(Modules, are_not_inside_themselves) {
  Site site(Files{{"site.nmx", "module a { source = \"./a\" }\n"}, {"a/a.nmx", "module b { source = \"../a\" }\n"}});
  EXPECT_EQ(site.mistakes().front().substr(0, 7), "NMX0513");
}

TEST(Projects, keep_kinds_in_a_folder_of_their_own) {
  Site site(Files{{"site.nmx", "pet rex { legs = 3 }\noutput o { value = pet.rex.legs }\n"},
                  {"kinds/pet.nmx", "kind pet { input legs { type = int, default = 4 } }\n"}});
  EXPECT_EQ(site.output("o"), "3") << site.rendered();
}

TEST(Projects, may_be_split_over_files_in_any_order) {
  Site site(Files{{"b.nmx", "output o { value = local.x + var.y }\n"},
                  {"a.nmx", "locals { x = 1 }\n"},
                  {"c.nmx", "variable y { default = 2 }\n"}});
  EXPECT_EQ(site.output("o"), "3");
}

TEST(Declarations, of_state_moves_removals_and_imports_are_plain) {
  Site site(R"(
kind k { resource value v { input = 1 } }
k new {}
state { backend = "local", path = "x" }
moved { from = k.old, to = k.new }
removed { from = module.lab.k.gone["a"], destroy = false }
import { to = resource.value.x, id = "abc" }
)");
  const auto& configuration = *site.configuration;
  ASSERT_EQ(configuration.moved.size(), 1u) << site.rendered();
  EXPECT_EQ(to_string(configuration.moved[0].from) + " " + to_string(configuration.moved[0].to), "k.old k.new");
  ASSERT_EQ(configuration.removed.size(), 1u);
  EXPECT_EQ(to_string(configuration.removed[0].from), "module.lab.k.gone[\"a\"]");
  EXPECT_FALSE(configuration.removed[0].destroy);
  ASSERT_EQ(configuration.imports.size(), 1u);
  EXPECT_EQ(to_string(configuration.imports[0].to), "resource.value.x");
  ASSERT_TRUE(configuration.state.has_value());
  EXPECT_EQ(configuration.state->settings.size(), 2u);
}

TEST(Checks, are_told_with_their_message) {
  Site site("check c { condition = 1 > 2, message = \"one is ${1}\" }\n");
  EXPECT_EQ(site.mistakes(), Texts{"NMX0505 one is 1"});
}

}  // namespace
}  // namespace nmx::test
