#include "planner/view/plan_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "lang/diagnostics/visible.hpp"
#include "planner/view/graph_text.hpp"
#include "tests/planner/plan/golden.hpp"
#include "tests/planner/plan/sample_plan.hpp"

namespace nmx::test {
namespace {

TEST(PlanText, shows_everything_at_a_glance) { expect_golden("plan_100.txt", plan_text(sample_plan(), {100})); }

TEST(PlanText, is_readable_in_a_narrow_window) { expect_golden("plan_40.txt", plan_text(sample_plan(), {40})); }

TEST(PlanText, of_nothing_to_do_is_one_sentence) {
  Plan plan;
  plan.site = "homelab";
  plan.environment = "prod";
  EXPECT_EQ(plan_text(plan, {80}), "nmx plan · homelab · env prod\n\nNo changes. Nothing real was looked at.\n");
  plan.objects_read = 3;
  EXPECT_NE(plan_text(plan, {80}).find("\n\nNo changes. What is real is what is written.\n"), std::string::npos);
  plan.unreachable.push_back({});
  EXPECT_NE(plan_text(plan, {80}).find("\n\nNo changes to what can be reached.\n"), std::string::npos);
}

TEST(PlanText, shows_no_secret_and_no_control_character) {
  for (std::size_t columns = 40; columns <= 200; columns += 20) {
    const auto text = plan_text(sample_plan(), {columns});
    EXPECT_EQ(text.find("canary"), std::string::npos);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
  }
}

TEST(PlanText, keeps_to_the_width_of_the_window) {
  for (std::size_t columns = 40; columns <= 200; columns += 10) {
    std::istringstream lines(plan_text(sample_plan(), {columns}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(width(line), columns) << line;
  }
}

TEST(PlanText, gives_a_long_name_a_line_of_its_own_and_cuts_what_is_said_of_it) {
  Plan plan;
  PlanEntry entry;
  entry.title = "service guacamole";
  entry.owner = at("service.guacamole");
  entry.change.address = at("service.guacamole").child("domain", "remote-desktops.home.example.com").child("reach");
  entry.change.type = "exposure";
  entry.change.action = Action::create;
  const std::string reach = "groups admins, family by forward_auth, from private networks → service guacamole";
  entry.change.after = Object{{"summary", reach}};
  plan.entries = {entry};
  entry.change.address = at("service.guacamole.container.lxc");
  entry.change.after = Object{{"summary", "short"}};
  plan.entries.push_back(entry);
  const auto text = plan_text(plan, {80});
  EXPECT_NE(text.find("  + domain[\"remote-desktops.home.example.com\"].reach\n"
                      "                   groups admins, family by forward_auth, from private networ…\n"
                      "  + container.lxc  short\n"),
            std::string::npos)
      << text;
  EXPECT_NE(plan_text(plan, {160}).find(".reach  " + reach), std::string::npos) << "a wide window has room for it";
}

TEST(PlanText, lays_out_the_rows_of_a_change_below_each_other) {
  Plan plan;
  PlanEntry entry;
  entry.title = "container media";
  entry.owner = at("container.media");
  entry.change.address = at("container.media.lxc");
  entry.change.action = Action::update;
  entry.change.attributes = {{"cores", Value(4), Value(8), ChangeClass::live, {}, false, false},
                             {"swap", Value(1), Value(2), ChangeClass::live, {}, false, false}};
  plan.entries = {entry};
  entry.change.address = at("container.media.a_much_longer_name");
  plan.entries.push_back(entry);
  const auto text = plan_text(plan, {100});
  const auto column_of = [&](const char* word) {
    const auto place = text.find(word);
    return place - text.rfind('\n', place);
  };
  EXPECT_EQ(column_of("cores"), column_of("swap")) << text;
}

TEST(PlanText, differs_by_colours_alone) {
  auto coloured = plan_text(sample_plan(), {100, Colour::on});
  EXPECT_NE(coloured.find('\x1b'), std::string::npos);
  for (auto from = coloured.find('\x1b'); from != std::string::npos; from = coloured.find('\x1b')) {
    coloured.erase(from, coloured.find('m', from) - from + 1);
  }
  EXPECT_EQ(coloured, plan_text(sample_plan(), {100}));
}

TEST(PlanText, says_which_approval_it_needs) {
  auto plan = sample_plan();
  EXPECT_NE(plan_text(plan, {100}).find("-approve data-loss"), std::string::npos);
  plan.entries.erase(plan.entries.begin() + 2);
  EXPECT_EQ(plan_text(plan, {100}).find("data-loss"), std::string::npos);
}

TEST(GraphText, draws_what_needs_what) {
  const Graph graph{{at("t.a"), {at("t.b")}}, {at("t.b"), {}}};
  EXPECT_NE(graph_dot(graph).find("\"t.a\" -> \"t.b\""), std::string::npos);
  EXPECT_NE(graph_mermaid(graph).find("-->"), std::string::npos);
  EXPECT_EQ(graph_dot(graph), graph_dot(graph));
}

TEST(GraphText, of_odd_names_stays_well_formed) {
  const auto text = graph_dot({{Address{}.child("domain", "a\"b"), {}}});
  EXPECT_EQ(text.find("a\"b"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '"') % 2, 0) << text;
}

}  // namespace
}  // namespace nmx::test
