#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "planner/plan_file.hpp"
#include "planner/view/plan_exchange.hpp"
#include "planner/view/plan_html.hpp"
#include "planner/view/plan_markdown.hpp"
#include "tests/planner/plan/golden.hpp"
#include "tests/planner/plan/sample_plan.hpp"

namespace nmx::test {
namespace {

using Json = nlohmann::json;

/// Names and values that try to be something else: markup, the end of a fence or cell, a mention, an escape.
Plan hostile_plan() {
  const std::string nasty = "</details>`````| @everyone #1 <script>alert(1)</script> \x1b[31m\u202E";
  auto plan = sample_plan();
  plan.site = nasty;
  plan.warnings = {nasty};
  auto& change = plan.entries.front().change;
  change.address = change.address.parent().child(change.address.steps().back().name, nasty);
  change.attributes.push_back(becomes(nasty, nasty, nasty + "!"));
  plan.entries.front().place = nasty + ".nmx:3";
  plan.drift.front().attributes.push_back(becomes(nasty, 1, nasty));
  plan.unreachable.front().why = nasty;
  return plan;
}

Plan large_plan(std::size_t objects) {
  auto plan = sample_plan();
  for (std::size_t at = 0; at < objects; ++at) {
    const auto name = "container.a-rather-long-name-" + std::to_string(at);
    auto made = entry(name.c_str(), (name + ".lxc").c_str(), Action::update, ChangeClass::live, "site.nmx:50", 10 + at);
    made.change.attributes = {becomes("memory", Bytes{1 << 30}, Bytes{2 << 30}), becomes("cores", 1, 2)};
    plan.entries.push_back(std::move(made));
  }
  return plan;
}

/// Without code spans and fences: what a renderer would take for markup.
std::string outside_of_code(const std::string& markdown) {
  std::string rest;
  for (std::size_t at = 0; at < markdown.size();) {
    if (markdown[at] == '`') {
      const auto ticks = std::min(markdown.find_first_not_of('`', at), markdown.size()) - at;
      const auto fence = std::string(ticks, '`');
      auto end = markdown.find(fence, at + ticks);
      while (end != std::string::npos && end + ticks < markdown.size() && markdown[end + ticks] == '`')
        end = markdown.find(fence, std::min(markdown.find_first_not_of('`', end), markdown.size()));
      if (end == std::string::npos) return rest + markdown.substr(at);
      at = end + ticks;
      continue;
    }
    if (markdown.compare(at, 6, "<code>") == 0) {
      at = markdown.find("</code>", at) + 7;
      continue;
    }
    rest += markdown[at++];
  }
  return rest;
}

TEST(PlanViews, say_everything_in_markdown) { expect_golden("plan.md", plan_markdown(sample_plan())); }
TEST(PlanViews, say_everything_in_html) { expect_golden("plan.html", plan_html(sample_plan())); }
TEST(PlanViews, say_everything_as_terraform_does) { expect_golden("plan.tfjson", plan_tfjson(sample_plan())); }
TEST(PlanViews, mark_dangers_for_code_scanning) { expect_golden("plan.sarif", plan_sarif(sample_plan())); }

TEST(PlanViews, count_for_gitlab) {
  EXPECT_EQ(Json::parse(plan_gitlab(sample_plan())), Json({{"create", 2}, {"update", 1}, {"delete", 2}}));
}

TEST(PlanViews, show_no_secret) {
  for (const auto& text : {plan_markdown(sample_plan()), plan_html(sample_plan()), plan_tfjson(sample_plan()),
                           plan_sarif(sample_plan()), plan_json(sample_plan())})
    EXPECT_EQ(text.find("canary"), std::string::npos);
}

TEST(PlanViews, let_nothing_out_of_fence_cell_or_tag) {
  const auto plan = hostile_plan();
  const auto markdown = plan_markdown(plan);
  const auto markup = outside_of_code(markdown);
  for (const auto* trick : {"@everyone", "#1", "<script", "\x1b", "\u202E"})
    EXPECT_EQ(markup.find(trick), std::string::npos) << trick << "\n" << markdown;
  const auto count = [](const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(markup, "<details"), count(markup, "</details>"));
  const auto page = plan_html(plan);
  EXPECT_EQ(count(page, "<script"), 1U);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_NO_THROW(Json::parse(plan_tfjson(plan)));
  EXPECT_NO_THROW(Json::parse(plan_sarif(plan)));
}

TEST(PlanViews, keep_markdown_below_any_budget_and_name_what_is_dangerous) {
  for (const std::size_t objects : {10U, 200U, 5'000U}) {
    const auto plan = large_plan(objects);
    for (const std::size_t budget : {4'000U, 32'000U, 65'000U}) {
      const auto text = plan_markdown(plan, budget);
      EXPECT_LE(text.size(), budget) << objects;
      for (const auto* dangerous : {"container.db.lxc", "container.old.lxc", "container.media.lxc"})
        EXPECT_NE(text.find(dangerous), std::string::npos) << dangerous << " of " << objects << " in " << budget;
      EXPECT_NE(text.find("Data is destroyed"), std::string::npos);
    }
  }
}

TEST(PlanViews, show_reviewers_what_becomes_reachable_and_by_whom) {
  auto plan = sample_plan();
  auto door = entry("domain.tv", "domain.tv.reach", Action::create, ChangeClass::create, "site.nmx:60", 99);
  door.change.type = "exposure";
  door.change.after = Object{{"summary", "group family by oidc, from anywhere → service grafana"}};
  plan.entries.push_back(door);
  const auto shown = plan_markdown(plan);
  EXPECT_NE(shown.find("| 🚪 reachable | `domain.tv.reach` | `group family by oidc, from anywhere → service grafana` | "
                       "`site.nmx:60` |"),
            std::string::npos)
      << shown;
}

TEST(PlanViews, use_the_room_that_there_is) {
  const auto plan = large_plan(200);
  EXPECT_GT(plan_markdown(plan, 65'000).size(), 30'000U);
  EXPECT_NE(plan_markdown(plan, 65'000).find("container a-rather-long-name-199"), std::string::npos);
}

TEST(PlanViews, tell_plans_apart_by_their_fingerprint) {
  auto other = sample_plan();
  EXPECT_EQ(plan_fingerprint(other), plan_fingerprint(sample_plan()));
  other.read_ms += 1;
  EXPECT_EQ(plan_fingerprint(other), plan_fingerprint(sample_plan())) << "how long reading took is no part of it";
  other.entries.front().change.attributes.front().after = 5;
  EXPECT_NE(plan_fingerprint(other), plan_fingerprint(sample_plan()));
}

}  // namespace
}  // namespace nmx::test
