#include "planner/view/value_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/diagnostics/visible.hpp"
#include "lang/value/units.hpp"
#include "planner/view/palette.hpp"

namespace nmx {
namespace {

std::string cut(std::string text, std::size_t limit) {
  text = visible(text);
  return width(text) <= limit ? text : take_columns(text, limit - 1) + "…";
}

std::string raw_text(const Value& value, std::size_t limit) {
  if (value.secret) return "(secret)";
  if (value.is_null()) return "(not set)";
  if (const auto* text = value.string()) return text->empty() ? "\"\"" : *text;
  if (const auto* bytes = std::get_if<Bytes>(&value.held)) return human(*bytes);
  if (const auto* duration = std::get_if<Duration>(&value.held)) return human(*duration);
  if (const auto* flag = value.boolean()) return *flag ? "yes" : "no";
  std::string text;
  if (const auto* list = value.list()) {
    for (const auto& element : *list) {
      if (text.size() > limit) break;
      text += (text.empty() ? "" : ", ") + raw_text(element, limit);
    }
    return "[" + text + "]";
  }
  if (const auto* object = value.object()) {
    for (const auto& [name, field] : *object) {
      if (text.size() > limit) break;
      if (!field.is_null()) text += (text.empty() ? "" : ", ") + name + " " + raw_text(field, limit);
    }
    return "{" + text + "}";
  }
  return display(value, limit);
}

/// What a list holds, without brackets.
std::string listed(const Value& list, std::size_t limit) {
  const auto text = raw_text(list, limit);
  return list.list() == nullptr ? text : text.substr(1, text.size() - 2);
}

}  // namespace

std::string value_text(const Value& value, std::size_t limit) { return cut(raw_text(value, limit * 4), limit); }

std::vector<DifferenceRow> difference_rows(const AttributeChange& change, std::size_t limit) {
  std::vector<DifferenceRow> rows;
  const auto* before = change.before.object();
  const auto* after = change.after.object();
  const bool hidden = change.before.secret || change.after.secret;
  if (before != nullptr && after != nullptr && !hidden) {
    std::set<std::string> names;
    for (const auto& [name, value] : *after) names.insert(name);
    for (const auto& name : names) {
      const auto& was = before->at_or_null(name);
      const auto& becomes = after->at_or_null(name);
      if (becomes.is_null() || was == becomes) continue;
      const auto nested = AttributeChange{change.path + "." + name, was, becomes, change.danger, {}, false, false};
      for (auto& row : difference_rows(nested, limit)) rows.push_back(std::move(row));
    }
    if (!rows.empty()) return rows;
    // Nothing of it becomes something else, so it is what goes that matters.
    for (const auto& [name, was] : *before) {
      if (!was.is_null() && after->at_or_null(name).is_null())
        rows.push_back({'-', change.path + "." + name, value_text(was, limit)});
    }
    if (!rows.empty()) return rows;
  }
  const auto half = std::max<std::size_t>(limit / 2, 12);
  if (change.before.is_null() && !change.after.is_null()) {
    rows.push_back({'+', change.path, value_text(change.after, limit)});
  } else if (change.after.is_null()) {
    rows.push_back({'-', change.path, value_text(change.before, limit)});
  } else {
    const auto from = value_text(change.before, half);
    const auto to = value_text(change.after, half);
    rows.push_back({'~', change.path, hidden ? "(secret) → (another secret)" : fmt::format("{} → {}", from, to)});
  }
  return rows;
}

std::string object_summary(const Object& object, std::size_t limit) {
  // What every type may have and people ask for first; the rest of an object is in `nmx show -json`.
  std::vector<std::string> parts;
  const auto text_of = [&](std::string_view name) { return value_text(object.at_or_null(name), limit); };
  if (object.contains("summary")) return text_of("summary");
  if (object.contains("fqdn") && object.contains("values"))
    return cut(fmt::format("{} {} {}", text_of("type"), text_of("fqdn"), listed(object.at_or_null("values"), limit)),
               limit);
  if (const auto& vmid = object.at_or_null("vmid"); !vmid.is_null()) {
    parts.push_back(object.contains("node") ? fmt::format("{} on {}", text_of("vmid"), text_of("node"))
                                            : text_of("vmid"));
  }
  if (const auto* networks = object.at_or_null("network").list()) {
    for (const auto& network : *networks) {
      if (network.object() != nullptr && network.object()->contains("ip")) {
        parts.push_back(value_text(network.object()->at_or_null("ip"), limit));
      }
    }
  }
  if (const auto* cores = object.at_or_null("cores").integer()) {
    parts.push_back(counted(static_cast<std::size_t>(*cores), "core"));
  }
  if (object.contains("memory")) parts.push_back(text_of("memory"));
  if (const auto* disk = object.at_or_null("disk").object())
    parts.push_back(value_text(disk->at_or_null("size"), limit));
  if (const auto* mounts = object.at_or_null("mounts").list(); mounts != nullptr && !mounts->empty()) {
    parts.push_back(counted(mounts->size(), "mount"));
  }
  if (parts.empty()) {
    for (const auto* name : {"value", "input", "slug", "name", "username", "domain", "url", "file"}) {
      if (object.contains(name)) {
        parts.push_back(text_of(name));
        break;
      }
    }
  }
  if (parts.empty()) {
    // What lets somebody in somewhere is told by both.
    for (const auto* name : {"application", "group", "user", "policy"}) {
      if (object.contains(name)) parts.push_back(text_of(name));
    }
  }
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return cut(text, limit);
}

}  // namespace nmx
