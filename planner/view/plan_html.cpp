#include "planner/view/plan_html.hpp"

#include <fmt/core.h>

#include "planner/plan_file.hpp"
#include "planner/view/graph_svg.hpp"
#include "planner/view/html_text.hpp"
#include "planner/view/outline.hpp"
#include "planner/view/palette.hpp"

namespace nmx {
namespace {

constexpr std::size_t value_limit = 2'000;
/// More boxes than this are no picture any more.
constexpr std::size_t largest_drawing = 400;

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --line: #d5dae1; --quiet: #667085; --paper: #ffffff; --ink: #1c2430; --good: #1f7a43; --warn: #9a6b00; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --line: #353c47; --quiet: #98a2b3; --paper: #14181f; --ink: #e6e9ee; --good: #5fcf8a; --warn: #e3b341; --bad: #ff8a80 } }
body { background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
code, td.name, td.what { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere }
section { border: 1px solid var(--line); border-radius: 6px; margin: .8rem 0; padding: .4rem .9rem }
section > header { display: flex; justify-content: space-between; font-weight: 600 } .place, .quiet { color: var(--quiet); font-weight: 400 }
table { border-collapse: collapse; width: 100% } td { padding: .15rem .6rem .15rem 0; vertical-align: top }
td.sign { width: 1.2rem; font-weight: 700 } td.name { width: 12rem } td.effect { width: 9rem; color: var(--quiet) }
.create { color: var(--good) } .live, .restart { color: var(--warn) } .replace, .destroy, .data-loss { color: var(--bad) }
.verdict { font-size: 1.05rem } .drawing { overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: #ffffff }
input { font: inherit; padding: .3rem .6rem; width: 100%; box-sizing: border-box; margin: .6rem 0 }
@media print { input { display: none } })";

constexpr std::string_view script = R"(
const wanted = document.querySelector('input');
wanted.addEventListener('input', () => {
  const text = wanted.value.toLowerCase();
  for (const block of document.querySelectorAll('section.block'))
    block.hidden = !block.textContent.toLowerCase().includes(text);
});)";

std::string heading(const Plan& plan) {
  const auto totals = plan_totals(plan);
  auto text = fmt::format("<h1>nmx plan · {} · {} <code class=\"quiet\">{}</code></h1>\n", html_text(plan.site),
                          html_text(plan.environment), plan_fingerprint(plan));
  if (plan.entries.empty()) return text + fmt::format("<p class=\"verdict\">{}</p>\n", quiet_text(plan));
  text += fmt::format("<p class=\"verdict\"><b>{}</b>", counts_text(totals));
  if (!totals.down.empty()) {
    text += "<br><span class=\"restart\">Down meanwhile:</span> ";
    bool first = true;
    for (const auto& one : totals.down) {
      text += (first ? "" : ", ") + html_text(down_text(one));
      first = false;
    }
    text += ".";
  }
  const auto data = data_text(totals);
  text += "<br>" + (totals.lost == 0 ? data : "<b class=\"data-loss\">" + data + "</b>");
  return text + fmt::format("<br>Needs <code>-approve {}</code>.</p>\n", to_string(plan.danger()));
}

std::string rows(const std::string& name, const std::vector<PlanLine>& lines) {
  std::string text;
  bool first = true;
  for (const auto& line : lines) {
    text += fmt::format(
        "<tr class=\"{}\"><td class=\"sign\">{}</td><td class=\"name\">{}</td><td class=\"name\">{}</td><td "
        "class=\"what\">{}</td><td class=\"effect\">{}{}</td></tr>\n",
        to_string(line.danger), html_text(std::string(1, line.sign)), first ? html_text(name) : "",
        html_text(line.attribute), html_text(line.text), line.attribute.empty() ? "" : effect(line.danger),
        line.undoes_drift ? ", undoes drift" : "");
    first = false;
  }
  return text;
}

std::string block(const PlanGroup& group, const Plan& plan) {
  auto text =
      fmt::format("<section class=\"block\"><header><span>{}</span><span class=\"place\">{}</span></header><table>\n",
                  html_text(group.title), html_text(group.place));
  for (const auto* entry : group.entries) {
    text += rows(row_name(*entry), plan_lines(*entry, value_limit));
    if (uses_root(plan, *entry))
      text += fmt::format("<tr><td></td><td></td><td colspan=\"3\" class=\"quiet\">{}</td></tr>\n", root_note);
  }
  return text + "</table></section>\n";
}

/// A titled list of lines; nothing where there are none.
std::string note(std::string_view title, const std::string& table_rows) {
  if (table_rows.empty()) return {};
  return fmt::format("<h2>{}</h2>\n<section><table>\n{}</table></section>\n", title, table_rows);
}

std::string pair_row(std::string_view left, std::string_view right) {
  return fmt::format("<tr><td class=\"name\">{}</td><td class=\"what\">{}</td></tr>\n", html_text(left),
                     html_text(right));
}

std::string drift(const Plan& plan) {
  std::string text;
  for (const auto& one : plan.drift) {
    if (one.gone) {
      text += pair_row(to_string(one.address), "is gone");
      continue;
    }
    PlanEntry entry;
    entry.change.action = Action::update;
    entry.change.attributes = one.attributes;
    for (auto& attribute : entry.change.attributes) attribute.danger = ChangeClass::none;  // it has happened already
    text += rows(to_string(one.address), plan_lines(entry, value_limit));
  }
  return note("Changed outside nmx", text);
}

/// What changes, and what of that needs what; neighbours that stay as they are are left out of the picture.
std::string drawing(const Plan& plan) {
  Graph needs;
  std::map<Address, std::string> classes;
  for (const auto& entry : plan.entries) {
    needs[entry.change.address];
    classes[entry.change.address] = to_string(entry.change.action);
  }
  for (const auto& entry : plan.entries) {
    for (const auto& one : entry.dependencies) {
      if (needs.contains(one)) needs[entry.change.address].push_back(one);
    }
  }
  if (needs.empty()) return {};
  if (needs.size() > largest_drawing)
    return fmt::format("<p class=\"quiet\">{} are too many to draw.</p>\n", counted(needs.size(), "object"));
  return "<h2>What needs what</h2>\n<div class=\"drawing\">" + graph_svg(needs, classes) + "</div>\n";
}

}  // namespace

std::string plan_html(const Plan& plan) {
  auto page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>nmx plan · {}</title><style>{}</style></head><body>\n",
      html_text(plan.site), style);
  page += heading(plan) + drift(plan);
  std::string lines;
  for (const auto& one : plan.unreachable) lines += pair_row(to_string(one.address), one.why);
  page += note("Not reachable, so nothing of theirs is planned", lines);
  const auto groups = plan_groups(plan);
  if (!groups.empty()) page += "<h2>Plan</h2>\n<input type=\"search\" placeholder=\"filter\" aria-label=\"filter\">\n";
  for (const auto& group : groups) page += block(group, plan);
  lines.clear();
  for (const auto& [address, id] : plan.imported) lines += pair_row(to_string(address), id);
  page += note("Taken over: already there, and nmx's from now on", lines);
  lines.clear();
  for (const auto& [from, to] : plan.moved) lines += pair_row(to_string(from), "→ " + to_string(to));
  page += note("Moved: the same objects by another address", lines);
  lines.clear();
  for (const auto& address : left_alone(plan)) lines += pair_row(to_string(address), "");
  page += note("Forgotten: no longer in the configuration, and nothing of it is touched", lines);
  lines.clear();
  for (const auto& warning : plan.warnings) lines += fmt::format("<tr><td>{}</td></tr>\n", html_text(warning));
  page += note("Warnings", lines);
  page += drawing(plan);
  if (!groups.empty()) page += fmt::format("<script>{}</script>\n", script);
  return page + "</body></html>\n";
}

}  // namespace nmx
