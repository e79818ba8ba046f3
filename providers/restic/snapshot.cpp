#include "providers/restic/snapshot.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/functions/timestamp.hpp"
#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::restic {
namespace {

/// What a moment of so many letters means to the minute or the day, as times of snapshots are written.
bool is_moment(std::string_view text) {
  constexpr std::string_view form = "0000-00-00 00:00";
  if (text.size() != 10 && text.size() != form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i] && !(i == 10 && text[i] == 'T')) return false;
  }
  return true;
}

std::string told(const std::vector<Snapshot>& snapshots) {
  if (snapshots.empty()) return "there are none yet";
  return fmt::format("the oldest is {} of {}, the newest {} of {}", snapshots.front().short_id(),
                     snapshots.front().time, snapshots.back().short_id(), snapshots.back().time);
}

}  // namespace

Result<std::vector<Snapshot>> read_snapshots(std::string_view json) {
  const auto read = from_json(json);
  if (!read || !read->is_list()) {
    return Error{fmt::format("restic does not list its snapshots: {}",
                             read ? "it is no list" : std::string_view(read.error().message))};
  }
  std::vector<Snapshot> snapshots;
  for (const auto& one : *read->list()) {
    const Fields fields(one);
    Snapshot snapshot;
    snapshot.id = fields.text_or("id", "");
    snapshot.host = fields.text_or("hostname", "");
    const auto time = parse_timestamp(fields.text_or("time", ""));
    if (snapshot.id.empty() || !time) return Error{"restic tells of a snapshot without an id or a time"};
    snapshot.at = time->seconds;
    const auto civil = civil_time(time->local_seconds());
    snapshot.time =
        fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", civil.year, civil.month, civil.day, civil.hour, civil.minute);
    for (const auto& path : elements(fields.at("paths"))) snapshot.paths.push_back(tolerant_text(path).value_or(""));
    snapshots.push_back(std::move(snapshot));
  }
  std::stable_sort(snapshots.begin(), snapshots.end(),
                   [](const Snapshot& a, const Snapshot& b) { return a.at < b.at; });
  return snapshots;
}

Result<Snapshot> choose_snapshot(const std::vector<Snapshot>& snapshots, std::string_view id, std::string_view moment) {
  if (!id.empty() && id != "latest") {
    std::vector<Snapshot> fitting;
    for (const auto& one : snapshots) {
      if (one.id.rfind(id, 0) == 0) fitting.push_back(one);
    }
    if (fitting.size() == 1) return fitting.front();
    if (fitting.empty()) return Error{fmt::format("there is no snapshot `{}`", id), told(snapshots)};
    return Error{fmt::format("{} snapshots begin with `{}`", fitting.size(), id), "write more of its id"};
  }
  if (moment.empty()) {
    if (snapshots.empty()) return Error{"there is no snapshot yet", "`nmx backup run` makes one"};
    return snapshots.back();
  }
  if (!is_moment(moment)) {
    return Error{fmt::format("`{}` is no moment", moment), "write it like `2026-11-26` or `2026-11-26 03:12`"};
  }
  std::string last(moment);
  if (last.size() == 10) last += " 23:59";
  last[10] = ' ';
  const Snapshot* found = nullptr;
  for (const auto& one : snapshots) {
    if (one.time <= last) found = &one;
  }
  if (found == nullptr) return Error{fmt::format("no snapshot is as old as {}", moment), told(snapshots)};
  return *found;
}

}  // namespace nmx::restic
