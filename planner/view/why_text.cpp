#include "planner/view/why_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lang/diagnostics/visible.hpp"
#include "planner/shown_json.hpp"
#include "planner/view/outline.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/value_text.hpp"

namespace nmx {
namespace {

using Json = nlohmann::ordered_json;

std::string verdict(const Why& why) {
  if (why.entry == nullptr) return "as it is written: nothing changes";
  const auto& change = why.entry->change;
  const auto because = change.reason.empty() ? std::string() : ": " + visible(change.reason);
  switch (change.action) {
    case Action::create: return "is made" + because;
    case Action::update: return std::string("changes, ") + std::string(effect(change.danger)) + because;
    case Action::replace: return "is made anew" + because;
    case Action::destroy: return (why.title.empty() ? "goes: no file asks for it any more" : "goes") + because;
    case Action::none:
    case Action::forget: break;
  }
  return "is forgotten";
}

class Page {
 public:
  explicit Page(TextStyle style) : width_(style.width), colours_(style.colour) {}

  void add(const Why& why) {
    if (!text_.empty()) line();
    split(visible(to_string(why.address)) + "  " + colours_.quiet(visible(why.type)), why.place);
    line("  " + colours_.by_danger(why.entry == nullptr ? ChangeClass::none : why.entry->change.danger, verdict(why)));
    if (why.entry != nullptr) attributes(*why.entry);
    needs(why.needs);
    if (why.needed_by.empty()) return;
    line("  needed by");
    for (const auto& address : why.needed_by) line("    " + visible(to_string(address)));
  }

  std::string take() { return std::move(text_); }

 private:
  void line(const std::string& text = {}) { text_ += text + "\n"; }

  void split(const std::string& left, const std::string& right) {
    const auto used = width(left) + width(right);
    line(left + std::string(used + 2 <= width_ ? width_ - used : 2, ' ') + colours_.quiet(right));
  }

  void attributes(const PlanEntry& entry) {
    std::size_t names = 0;
    for (const auto& change : entry.change.attributes) names = std::max(names, width(visible(change.path)));
    for (const auto& change : entry.change.attributes) {
      for (const auto& row : difference_rows(change, std::max<std::size_t>(width_, 60) - 24)) {
        auto text = fmt::format("    {}{}  {}", visible(row.name),
                                std::string(names - std::min(names, width(visible(row.name))), ' '), row.text);
        if (change.undoes_drift) text += colours_.quiet("  somebody else changed it");
        line(text);
      }
      const auto place = entry.places.find(change.path.substr(0, change.path.find('[')));
      if (place != entry.places.end()) line(colours_.quiet("      written at " + place->second));
    }
  }

  void needs(const std::vector<Need>& needs) {
    if (needs.empty()) return;
    line("  needs");
    for (const auto& need : needs) {
      line("    " + visible(to_string(need.address)));
      for (const auto& [text, place] : need.through) {
        line(colours_.quiet(fmt::format("      by {}{}", visible(text), place.empty() ? "" : "  " + place)));
      }
    }
  }

  std::size_t width_;
  Palette colours_;
  std::string text_;
};

Json attributes_json(const PlanEntry& entry) {
  auto all = Json::array();
  for (const auto& change : entry.change.attributes) {
    Json one{{"path", change.path},
             {"before", shown_json(change.before)},
             {"after", shown_json(change.after)},
             {"class", to_string(change.danger)},
             {"undoes_drift", change.undoes_drift}};
    const auto place = entry.places.find(change.path.substr(0, change.path.find('[')));
    if (place != entry.places.end()) one["place"] = place->second;
    all.push_back(std::move(one));
  }
  return all;
}

Json object_json(const Why& why) {
  Json one{{"address", to_string(why.address)}, {"type", why.type}, {"block", why.title}, {"place", why.place}};
  const auto action = why.entry == nullptr ? Action::none : why.entry->change.action;
  one["action"] = to_string(action);
  if (why.entry != nullptr) {
    one["class"] = to_string(why.entry->change.danger);
    one["reason"] = why.entry->change.reason;
    one["attributes"] = attributes_json(*why.entry);
  }
  one["needs"] = Json::array();
  for (const auto& need : why.needs) {
    auto through = Json::array();
    for (const auto& [text, place] : need.through) through.push_back({{"value", text}, {"place", place}});
    one["needs"].push_back({{"address", to_string(need.address)}, {"through", std::move(through)}});
  }
  one["needed_by"] = Json::array();
  for (const auto& address : why.needed_by) one["needed_by"].push_back(to_string(address));
  return one;
}

}  // namespace

std::string why_text(const std::vector<Why>& objects, TextStyle style) {
  Page page(style);
  for (const auto& one : objects) page.add(one);
  return page.take();
}

std::string why_json(const std::vector<Why>& objects) {
  Json all{{"format", "nmx-why/1"}, {"objects", Json::array()}};
  for (const auto& one : objects) all["objects"].push_back(object_json(one));
  return all.dump(2) + "\n";
}

}  // namespace nmx
