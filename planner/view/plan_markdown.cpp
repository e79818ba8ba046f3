#include "planner/view/plan_markdown.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/diagnostics/visible.hpp"
#include "planner/plan_file.hpp"
#include "planner/view/html_text.hpp"
#include "planner/view/outline.hpp"
#include "planner/view/palette.hpp"

namespace nmx {
namespace {

constexpr std::size_t value_limit = 160;
/// Bytes of a block with the least that it can hold in full.
constexpr std::size_t smallest_block = 90;

/// The longest run of backticks in a text: what encloses it must be longer.
std::size_t longest_ticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

/// A text as code inside a line, also inside a table, where a bar would end the cell.
std::string code(std::string_view text) {
  std::string inner;
  for (const char c : visible(text)) inner += c == '|' ? std::string("\\|") : std::string(1, c);
  const auto ticks = std::string(longest_ticks(inner) + 1, '`');
  const bool touches = inner.empty() || inner.front() == '`' || inner.back() == '`';
  const auto* gap = touches ? " " : "";
  return ticks + gap + inner + gap + ticks;
}

std::string html_code(std::string_view text) { return "<code>" + html_text(text) + "</code>"; }

std::string fenced(std::string_view language, const std::string& text) {
  const auto fence = std::string(std::max<std::size_t>(3, longest_ticks(text) + 1), '`');
  return fence + std::string(language) + "\n" + text + fence + "\n";
}

std::string padded(std::string text, std::size_t columns) {
  const auto has = width(text);
  return has < columns ? text + std::string(columns - has, ' ') : text;
}

/// `diff` colours by the first column: `+`, `-`, and `!` for what changes.
char diff_sign(char sign) { return sign == '~' ? '!' : sign; }

std::string diff_line(const std::string& name, const PlanLine& line) {
  auto text = fmt::format("{} {}", diff_sign(line.sign), name);
  if (!line.attribute.empty()) text += "  " + padded(line.attribute, 12);
  text += "  " + line.text;
  const auto what = line.attribute.empty() ? std::string_view() : effect(line.danger);
  if (!what.empty()) text += fmt::format("   # {}{}", what, line.undoes_drift ? ", undoes drift" : "");
  return text + "\n";
}

/// How much of a block is shown.
enum class Detail { attributes, objects, addresses };

ChangeClass worst(const PlanGroup& group) {
  auto danger = ChangeClass::none;
  for (const auto* entry : group.entries) danger = std::max(danger, entry->change.danger);
  return danger;
}

/// What happens to the objects of a block: `1 to create, 2 to change`.
std::string group_counts(const PlanGroup& group) {
  PlanTotals totals;
  for (const auto* entry : group.entries) totals.count(*entry);
  std::string text;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(totals.created, "to create");
  add(totals.changed, "to change");
  add(totals.replaced, "to replace");
  add(totals.destroyed, "to destroy");
  return text;
}

std::string block_text(const Plan& plan, const PlanGroup& group, Detail detail) {
  std::string body;
  if (detail == Detail::addresses) {
    body = fmt::format("- {}: {}", code(group.title), group_counts(group));
    for (const auto* entry : group.entries)
      body += fmt::format(" {} {}", sign(entry->change.action), code(to_string(entry->change.address)));
    return body + "\n";
  }
  std::size_t names = 0;
  for (const auto* entry : group.entries) names = std::max(names, std::min<std::size_t>(width(row_name(*entry)), 24));
  for (const auto* entry : group.entries) {
    const auto name = padded(visible(row_name(*entry)), names);
    const auto lines = plan_lines(*entry, value_limit);
    if (detail == Detail::objects && lines.size() > 1) {
      body += fmt::format("{} {}  {} attributes\n", diff_sign('~'), name, entry->change.attributes.size());
      continue;
    }
    for (const auto& line : lines) body += diff_line(name, line);
    if (uses_root(plan, *entry)) body += fmt::format("# {}  {}\n", name, root_note);
  }
  const bool open = worst(group) >= ChangeClass::restart;
  return fmt::format("<details{}><summary>{} · {}{}</summary>\n\n{}\n</details>\n", open ? " open" : "",
                     html_code(group.title), group_counts(group),
                     group.place.empty() ? "" : " · " + html_code(group.place), fenced("diff", body));
}

std::string risk_mark(ChangeClass danger) {
  switch (danger) {
    case ChangeClass::none:
    case ChangeClass::create:
    case ChangeClass::live: return "";
    case ChangeClass::restart: return "🔄 restarts";
    case ChangeClass::replace: return "⛔ replaces";
    case ChangeClass::destroy: return "⛔ destroys";
    case ChangeClass::data_loss: return "☠️ loses data";
  }
  return "";
}

std::string head_text(const Plan& plan) {
  const auto totals = plan_totals(plan);
  const auto fingerprint = plan_fingerprint(plan);
  auto text = fmt::format("<!-- nmx-plan {0} -->\n### nmx plan · {1} · {2} · `{0}`\n\n", fingerprint, code(plan.site),
                          code(plan.environment));
  if (plan.entries.empty()) return text + fmt::format("**{}**\n\n", quiet_text(plan));
  text += fmt::format("**{}** ", counts_text(totals));
  if (!totals.down.empty()) {
    text += "Down meanwhile: ";
    std::size_t shown = 0;
    for (const auto& one : totals.down) {
      if (shown == 10) break;
      text += (shown++ == 0 ? "" : ", ") + code(down_text(one));
    }
    if (totals.down.size() > shown) text += fmt::format(" and {} more", totals.down.size() - shown);
    text += ". ";
  }
  const auto data = data_text(totals);
  text += (totals.lost == 0 ? data : "**" + data + "**") + "\n";
  return text + fmt::format("Needs `-approve {}`.\n\n", to_string(plan.danger()));
}

std::string notes_text(const Plan& plan) {
  std::string text;
  const auto section = [&](std::string_view title, const std::string& lines) {
    if (!lines.empty())
      text += fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n", title, fenced("", lines));
  };
  std::string lines;
  for (const auto& one : plan.drift) {
    if (one.gone) lines += visible(to_string(one.address)) + "  is gone\n";
    for (const auto& attribute : one.attributes) {
      PlanEntry entry;
      entry.change.action = Action::update;
      entry.change.attributes = {attribute};
      for (const auto& line : plan_lines(entry, value_limit))
        lines += fmt::format("{}  {}  {}\n", visible(to_string(one.address)), line.attribute, line.text);
    }
  }
  section("Changed outside nmx", lines);
  lines.clear();
  for (const auto& one : plan.unreachable)
    lines += fmt::format("{}  {}\n", visible(to_string(one.address)), visible(one.why));
  section("Not reachable, so nothing of theirs is planned", lines);
  lines.clear();
  for (const auto& [address, id] : plan.imported)
    lines += fmt::format("{}  {}\n", visible(to_string(address)), visible(id));
  section("Taken over: already there, and nmx's from now on", lines);
  lines.clear();
  for (const auto& [from, to] : plan.moved)
    lines += fmt::format("{} → {}\n", visible(to_string(from)), visible(to_string(to)));
  section("Moved: the same objects by another address", lines);
  lines.clear();
  for (const auto& address : left_alone(plan)) lines += visible(to_string(address)) + "\n";
  section("Forgotten: no longer in the configuration, and nothing of it is touched", lines);
  lines.clear();
  for (const auto& warning : plan.warnings) lines += visible(warning) + "\n";
  section("Warnings", lines);
  return text;
}

/// Something that becomes reachable, or by others than before: nothing is lost by it, and a reviewer wants to see it.
bool opens(const PlanEntry& entry) { return entry.change.type == "exposure" && entry.change.action != Action::destroy; }

/// The table of what is dangerous, worst first, then what becomes reachable; as many rows as fit, and the rest counted
/// by what becomes of it.
std::string risk_text(const Plan& plan, std::size_t budget) {
  std::vector<const PlanEntry*> risky;
  for (const auto& entry : plan.entries) {
    if (entry.change.danger >= ChangeClass::restart || opens(entry)) risky.push_back(&entry);
  }
  if (risky.empty()) return {};
  std::stable_sort(risky.begin(), risky.end(),
                   [](const auto* a, const auto* b) { return a->change.danger > b->change.danger; });
  std::string text = "| | object | why | set at |\n|---|---|---|---|\n";
  std::size_t shown = 0;
  for (const auto* entry : risky) {
    const auto lines = plan_lines(*entry, opens(*entry) ? value_limit : 60);
    const auto worst_line = std::find_if(lines.begin(), lines.end(),
                                         [&](const PlanLine& line) { return line.danger == entry->change.danger; });
    const auto& line = worst_line == lines.end() ? lines.front() : *worst_line;
    const auto row =
        fmt::format("| {} | {} | {} | {} |\n", opens(*entry) ? "🚪 reachable" : risk_mark(entry->change.danger),
                    code(to_string(entry->change.address)),
                    code(line.attribute.empty() ? line.text : line.attribute + " " + line.text),
                    entry->place.empty() ? "" : code(entry->place));
    if (text.size() + row.size() + 80 > budget) break;
    text += row;
    ++shown;
  }
  if (shown < risky.size()) text += fmt::format("| ⛔ | {} more of these | | |\n", risky.size() - shown);
  return text + "\n";
}

}  // namespace

std::string plan_markdown(const Plan& plan, std::size_t budget) {
  auto text = head_text(plan);
  const std::string closing =
      "\n<sub>Shortened to fit; `nmx show -json PLAN` and `-format html` hold everything.</sub>\n";
  const auto room = budget > closing.size() + 200 ? budget - closing.size() - 200 : 0;
  text += risk_text(plan, room > text.size() ? room - text.size() : 0);
  auto notes = notes_text(plan);
  const auto groups = plan_groups(plan);
  // So many blocks have room for their addresses at most.
  const auto first = groups.size() * smallest_block > budget ? Detail::addresses : Detail::attributes;
  bool shortened = first != Detail::attributes;
  std::vector<std::size_t> by_safety;
  std::vector<std::string> blocks;
  auto total = text.size() + notes.size();
  for (std::size_t at = 0; at < groups.size(); ++at) {
    by_safety.push_back(at);
    blocks.push_back(block_text(plan, groups[at], first));
    total += blocks.back().size();
  }
  std::stable_sort(by_safety.begin(), by_safety.end(),
                   [&](std::size_t a, std::size_t b) { return worst(groups[a]) < worst(groups[b]); });
  for (const auto detail : {Detail::objects, Detail::addresses}) {
    for (const auto at : by_safety) {
      if (total <= room) break;
      auto shorter = block_text(plan, groups[at], detail);
      if (shorter.size() >= blocks[at].size()) continue;
      total -= blocks[at].size() - shorter.size();
      blocks[at] = std::move(shorter);
      shortened = true;
    }
  }
  if (total > room && text.size() + notes.size() > room) {
    total -= notes.size();
    notes.clear();
    shortened = true;
  }
  // Addresses alone are too long: the safest blocks are counted, not named.
  std::size_t left_out = 0;
  for (const auto at : by_safety) {
    if (total <= room) break;
    total -= blocks[at].size();
    left_out += groups[at].entries.size();
    blocks[at].clear();
  }
  text += notes;
  for (const auto& block : blocks) text += block;
  if (left_out > 0)
    text += fmt::format("\nAnd {} with nothing more dangerous than the above.\n", counted(left_out, "object"));
  if (shortened || left_out > 0) text += closing;
  return text;
}

}  // namespace nmx
