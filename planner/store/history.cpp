#include "planner/store/history.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "planner/checksum.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

constexpr std::size_t checksum_bytes = 16;
constexpr std::size_t checksum_digits = 2 * checksum_bytes;

std::string seal_of(std::string_view before, std::string_view body, const StateKey& key) {
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes()), 32);
  return to_hex(checksum(std::string(before) + std::string(body), bytes, checksum_bytes));
}

/// The checksum that the last line begins with, finished or not; empty where there is none.
std::string_view last_seal(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto before = text.rfind('\n');
  return text.substr(before == std::string_view::npos ? 0 : before + 1, checksum_digits);
}

std::optional<HistoryEntry> read_entry(std::string_view body) {
  const auto json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    return HistoryEntry{json.at("serial"),  json.at("at_ms"), json.at("by"),      json.at("host"),
                        json.at("command"), json.at("plan"),  json.at("outcome"), json.at("changes")};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string history_line(const HistoryEntry& entry, std::string_view text, const StateKey& key) {
  const auto body =
      Json{{"serial", entry.serial},   {"at_ms", entry.at_ms}, {"by", entry.by},           {"host", entry.host},
           {"command", entry.command}, {"plan", entry.plan},   {"outcome", entry.outcome}, {"changes", entry.changes}}
          .dump(-1, ' ', false, Json::error_handler_t::replace);
  // What a crash left of a line ends here, and is told as damage from then on.
  const auto* gap = text.empty() || text.back() == '\n' ? "" : "\n";
  return gap + seal_of(last_seal(text), body, key) + " " + body + "\n";
}

History read_history(std::string_view text, const StateKey& key) {
  History history;
  std::string before;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto given = line.substr(0, checksum_digits);
    const auto body = line.size() > checksum_digits ? line.substr(checksum_digits + 1) : std::string_view();
    auto entry = read_entry(body);
    const bool separated = line.substr(0, checksum_digits + 1).ends_with(' ');
    if (!entry || !separated || seal_of(before, body, key) != given) history.damaged.push_back(number);
    before = given;
    if (!entry) continue;
    if (!history.entries.empty() && history.entries.back().serial == entry->serial) history.entries.pop_back();
    history.entries.push_back(*std::move(entry));
  }
  return history;
}

}  // namespace nmx
