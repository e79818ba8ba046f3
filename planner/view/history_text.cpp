#include "planner/view/history_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "lang/diagnostics/visible.hpp"
#include "planner/view/fold.hpp"
#include "planner/view/palette.hpp"

namespace nmx {
namespace {

std::string clock_text(std::int64_t at_ms) {
  const auto seconds = static_cast<std::time_t>(at_ms / 1000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text;
}

std::string padded(std::string text, std::size_t columns) {
  const auto has = width(text);
  return has < columns ? text + std::string(columns - has, ' ') : text;
}

std::string who(const HistoryEntry& entry) { return visible(entry.by + "@" + entry.host); }

/// `6 create, 1 update`; the outcome where it is no good one.
std::string what(const HistoryEntry& entry) {
  std::map<std::string, std::size_t> verbs;
  for (const auto& change : entry.changes) ++verbs[change.substr(0, change.find(' '))];
  std::string text;
  for (const auto& [verb, count] : verbs)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, visible(verb));
  if (entry.outcome != "done") text += (text.empty() ? "" : ", ") + visible(entry.outcome);
  return text.empty() ? "nothing real" : text;
}

std::string damage(const History& history) {
  if (history.damaged.empty()) return {};
  return fmt::format("warning: {} of this history {} changed or removed from, the first in line {}\n",
                     counted(history.damaged.size(), "line"), history.damaged.size() == 1 ? "was" : "were",
                     history.damaged.front());
}

}  // namespace

std::string history_text(const History& history, std::size_t columns) {
  if (history.entries.empty()) return damage(history) + "Nothing was applied yet.\n";
  std::size_t names = 0;
  std::size_t commands = 0;
  for (const auto& entry : history.entries) {
    names = std::max(names, std::min<std::size_t>(width(who(entry)), 30));
    commands = std::max(commands, width(visible(entry.command)));
  }
  std::string text = damage(history);
  for (auto entry = history.entries.rbegin(); entry != history.entries.rend(); ++entry) {
    text += fmt::format("{:>6}  {}  {}  {}  {}\n", entry->serial, clock_text(entry->at_ms), padded(who(*entry), names),
                        padded(visible(entry->command), commands), what(*entry));
  }
  return fold(text, columns);
}

std::string history_entry_text(const HistoryEntry& entry) {
  auto text = fmt::format("version {}: {} by {} at {}, {}\n", entry.serial, visible(entry.command), who(entry),
                          clock_text(entry.at_ms), visible(entry.outcome));
  if (!entry.plan.empty()) text += fmt::format("plan {}\n", visible(entry.plan));
  for (const auto& change : entry.changes) text += "  " + visible(change) + "\n";
  return text;
}

std::string history_json(const History& history) {
  auto all = nlohmann::json::array();
  for (const auto& entry : history.entries) {
    all.push_back({{"serial", entry.serial},
                   {"at_ms", entry.at_ms},
                   {"by", entry.by},
                   {"host", entry.host},
                   {"command", entry.command},
                   {"plan", entry.plan},
                   {"outcome", entry.outcome},
                   {"changes", entry.changes}});
  }
  return nlohmann::json{{"entries", all}, {"damaged_lines", history.damaged}}.dump(
             2, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

}  // namespace nmx
