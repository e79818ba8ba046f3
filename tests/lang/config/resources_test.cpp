#include "tests/support/evaluate_text.hpp"

namespace nmx::test {
namespace {

using Texts = std::vector<std::string>;

TEST(Resources, are_completed_by_their_interface) {
  Site site("resource machine m { name = \"a\" }\n");
  EXPECT_EQ(site.attribute("resource.machine.m", "size"), "1KiB") << site.rendered();
  EXPECT_EQ(site.attribute("resource.machine.m", "note"), "unset");
}

TEST(Resources, need_what_is_required) {
  Site site("resource machine m {}\n");
  ASSERT_EQ(site.mistakes().size(), 1u) << site.rendered();
  EXPECT_EQ(site.mistakes().front().substr(0, 7), "NMX0301");
}

TEST(Resources, depend_on_those_they_read_directly_or_through_others) {
  Site site(R"(
resource value a { input = 1 }
resource value b { input = resource.value.a.id }
resource value c { input = local.through }
resource value d { input = [for m in wrap : m.id] }
resource value e { depends_on = [resource.value.a, wrap.w] }
resource value f { input = 1 }
locals { through = "${resource.value.b.input}" }
kind wrap { resource value inner { input = 5 }, output id { value = resource.value.inner.id } }
wrap w {}
)");
  EXPECT_EQ(site.dependencies("resource.value.b"), Texts{"resource.value.a"});
  EXPECT_EQ(site.dependencies("resource.value.c"), Texts{"resource.value.b"}) << "not what b reads in turn";
  EXPECT_EQ(site.dependencies("resource.value.d"), Texts{"wrap.w.inner"});
  EXPECT_EQ(site.dependencies("resource.value.e"), (Texts{"resource.value.a", "wrap.w.inner"}));
  EXPECT_EQ(site.dependencies("resource.value.f"), Texts{}) << site.rendered();
}

TEST(Resources, keep_dependencies_of_what_was_computed_before) {
  Site site(R"(
resource value a { input = 1 }
locals { l = resource.value.a.id }
resource value b { input = local.l }
resource value c { input = local.l }
resource value d { for_each = { x = local.l }, input = each.value }
)");
  EXPECT_EQ(site.dependencies("resource.value.b"), Texts{"resource.value.a"});
  EXPECT_EQ(site.dependencies("resource.value.c"), Texts{"resource.value.a"});
  EXPECT_EQ(site.dependencies("resource.value.d[\"x\"]"), Texts{"resource.value.a"});
}

TEST(Resources, of_for_each_are_objects_by_key) {
  Site site(R"(
resource value v { for_each = ["b", "a"], input = each.key }
output keys { value = keys(resource.value.v) }
output one { value = resource.value.v["b"].input }
output ids { value = [for r in resource.value.v : r.id] }
)");
  EXPECT_EQ(site.output("keys"), R"(["a", "b"])");
  EXPECT_EQ(site.output("one"), "\"b\"");
  EXPECT_EQ(site.output("ids"), R"(["id of resource.value.v[\"a\"]", "id of resource.value.v[\"b\"]"])");
}

TEST(Holes, spread_through_values) {
  Site site("resource machine m { name = \"a\" }\nresource value v { input = \"s-${resource.machine.m.serial}\" }\n");
  EXPECT_NE(site.attribute("resource.value.v", "input").find("resource.machine.m"), std::string::npos);
  EXPECT_EQ(site.mistakes(), Texts{});
}

TEST(Providers, are_chosen_by_type_block_and_name) {
  Site site(R"(
provider cloud { url = "a" }
provider cloud attic { url = "b" }
kind k { resource machine inner { name = "i" } }
resource machine plain { name = "p" }
resource machine other { name = "o", provider = provider.cloud.attic }
k x { provider = provider.cloud.attic }
)");
  std::map<std::string, std::string> served;
  for (const auto& one : site.evaluator->instantiate()) served[to_string(one.address)] = one.provider;
  EXPECT_EQ(served["resource.machine.plain"], "cloud") << site.rendered();
  EXPECT_EQ(served["resource.machine.other"], "cloud.attic");
  EXPECT_EQ(served["k.x.inner"], "cloud.attic");
  std::map<std::string, std::string> urls;
  for (const auto& one : site.evaluator->providers()) urls[one.name] = display(one.settings.at_or_null("url"));
  EXPECT_EQ(urls["cloud"], "\"a\"");
  EXPECT_EQ(urls["cloud.attic"], "\"b\"");
}

TEST(Providers, of_the_user_count_more_than_what_a_definition_brings_up) {
  Site site(R"(
kind server { provider cloud { url = "made" } }
server s {}
provider cloud { url = "written" }
resource machine m { name = "m" }
)");
  site.evaluator->instantiate();
  const auto* machine = site.evaluator->find(parse_address("resource.machine.m").value());
  ASSERT_NE(machine, nullptr) << site.rendered();
  EXPECT_EQ(machine->provider, "cloud");
}

TEST(Providers, are_names_in_expressions_and_null_where_nobody_wrote_them) {
  Site site(R"(
provider cloud attic { url = "a" }
provider cloud cellar { url = "c", when = false }
kind k {
  resource value seen {
    when  = provider.cloud.attic != null && provider.cloud == null
    input = provider.cloud.attic
  }
}
k x {}
output cellar { value = provider.cloud.cellar ?? "none" }
output url    { value = provider.cloud.url ?? "not set" }
)");
  EXPECT_EQ(site.attribute("k.x.seen", "input"), "\"cloud.attic\"") << site.rendered();
  EXPECT_EQ(site.output("cellar"), "\"none\"");
  EXPECT_EQ(site.output("url"), "\"not set\"");
  Site one("provider cloud { url = \"a\" }\noutput url { value = provider.cloud.url }\n");
  EXPECT_EQ(one.output("url"), "\"a\"");
}

TEST(Owners, are_the_blocks_that_the_user_wrote) {
  Site site(R"(
kind inner { resource value v { input = 1 } }
kind outer { inner part {} }
outer o {}
)");
  ASSERT_EQ(site.resources(), Texts{"outer.o.part.v"}) << site.rendered();
  const auto& resource = site.evaluator->instantiate().front();
  EXPECT_EQ(to_string(resource.owner), "outer.o");
  EXPECT_EQ(resource.owner_title, "outer o");
}

TEST(Lifecycle, and_timeouts_are_read) {
  Site site(R"(
variable g { default = 1 }
resource value v {
  input = 1
  lifecycle { protect = true, ignore_changes = [input], replace_when = [var.g] }
  timeouts  { create = 10m }
}
)");
  site.evaluator->instantiate();
  const auto* resource = site.evaluator->find(parse_address("resource.value.v").value());
  ASSERT_NE(resource, nullptr);
  const auto& made = site.evaluator->configuration(*resource);
  EXPECT_TRUE(made.lifecycle.protect);
  EXPECT_EQ(made.lifecycle.ignore_changes, Texts{"input"});
  ASSERT_EQ(made.lifecycle.replace_when.size(), 1u);
  EXPECT_EQ(made.lifecycle.replace_when[0], Value(List{Value(1)}));
  EXPECT_EQ(made.timeouts.create, 600'000);
}

TEST(Resources, tell_by_which_values_they_came_to_need_another) {
  Site site(R"(
resource value base { input = 1 }
locals { first = resource.value.base.id, second = "${local.first}!" }
kind box { input of { type = string }, output twice { value = "${input.of}${input.of}" } }
box b { of = local.second }
resource value far { input = box.b.twice }
resource value near { input = resource.value.base.id }
resource value after { depends_on = resource.value.base }
)");
  site.evaluator->instantiate();
  const auto chain = [&](const std::string& from) {
    Texts steps;
    const auto* resource = site.evaluator->find(parse_address(from).value());
    for (const auto& step : site.evaluator->chain(*resource, parse_address("resource.value.base").value()))
      steps.push_back(step.text);
    return steps;
  };
  EXPECT_EQ(chain("resource.value.far"),
            (Texts{"resource.value.far.input", "box.b.twice", "box.b.of", "local.second", "local.first"}));
  EXPECT_EQ(chain("resource.value.near"), Texts{"resource.value.near.input"});
  EXPECT_EQ(chain("resource.value.after"), Texts{});
  const auto* near = site.evaluator->find(parse_address("resource.value.near").value());
  EXPECT_TRUE(site.evaluator->configuration(*near).linked.contains("input"));
}

}  // namespace
}  // namespace nmx::test
