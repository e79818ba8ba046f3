#include <fmt/core.h>

#include "tests/support/evaluate_text.hpp"

namespace nmx::test {
namespace {

using Texts = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

TEST(Laziness, a_made_name_is_found_without_the_whens_of_others) {
  Site site(R"(
kind leaf { input n { type = int, default = 1 } }
kind tree {
  input wanted { type = bool, default = true }
  leaf { when = input.wanted }
}
tree first {}
tree second { wanted = leaf.first.n == 1 }
output o { value = keys(leaf) }
)");
  EXPECT_EQ(site.output("o"), R"(["first", "second"])") << site.rendered();
}

TEST(Depth, chains_in_the_order_of_the_text_have_no_bound) {
  std::string text = "resource value v0 { input = 0 }\n";
  for (int at = 1; at < 20'000; ++at) {
    text += fmt::format("resource value v{} {{ input = resource.value.v{}.input }}\n", at, at - 1);
  }
  Site site(text);
  for (const auto& resource : site.evaluator->instantiate()) site.evaluator->configuration(resource);
  EXPECT_EQ(site.attribute("resource.value.v19999", "input"), "0") << site.rendered().substr(0, 400);
}

TEST(Modules, may_hold_instances_of_the_same_name) {
  Site site(Files{{"site.nmx", R"(
kind k { input n { type = int } }
k same { n = 1 }
module lab { source = "./lab" }
output mine { value = k.same.n }
output theirs { value = module.lab.n }
output count { value = length(k) }
)"},
                  {"lab/lab.nmx", "k same { n = 2 }\noutput n { value = k.same.n }\n"}});
  EXPECT_EQ(site.output("mine"), "1") << site.rendered();
  EXPECT_EQ(site.output("theirs"), "2");
  EXPECT_EQ(site.output("count"), "2") << site.rendered();
}

TEST(Resources, that_wait_for_an_instance_wait_for_what_is_ready) {
  Site site(R"(
kind wrap {
  resource value first { input = 1 }
  resource value last  { input = 2 }
  output ready { value = resource.value.last }
}
wrap w {}
resource value after { depends_on = [wrap.w] }
)");
  EXPECT_EQ(site.dependencies("resource.value.after"), Texts{"wrap.w.last"}) << site.rendered();
}

TEST(Holes, decide_nothing) {
  const std::string machine = "resource machine m { name = \"a\" }\nkind k {}\n";
  for (const auto* text :
       {"k x { when = resource.machine.m.serial == \"1\" }\n", "k x { for_each = [resource.machine.m.serial] }\n",
        "k \"${resource.machine.m.serial}\" {}\n",
        "resource value v { when = resource.machine.m.serial == \"1\" }\n"}) {
    Site site(machine + text);
    const auto told = site.mistakes();
    ASSERT_FALSE(told.empty()) << text;
    EXPECT_EQ(told.front().substr(0, 7), "NMX0313") << text << site.rendered();
  }
}

TEST(Providers, made_by_a_definition_serve_the_whole_site) {
  Site site(R"(
kind server {
  resource value token { input = "t" }
  provider cloud { url = "http://${resource.value.token.id}" }
}
server s {}
resource machine m { name = "m" }
)");
  const auto* machine = [&]() -> const ResourceInstance* {
    site.evaluator->instantiate();
    return site.evaluator->find(parse_address("resource.machine.m").value());
  }();
  ASSERT_NE(machine, nullptr) << site.rendered();
  EXPECT_EQ(machine->provider.rfind("server.s", 0), 0u) << machine->provider;
  bool found = false;
  for (const auto& one : site.evaluator->providers()) {
    if (one.name != machine->provider) continue;
    found = true;
    ASSERT_EQ(one.dependencies.size(), 1u);
    EXPECT_EQ(to_string(one.dependencies.front()), "server.s.token");
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace nmx::test
