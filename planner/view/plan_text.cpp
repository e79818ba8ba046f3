#include "planner/view/plan_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/diagnostics/visible.hpp"
#include "planner/view/fold.hpp"
#include "planner/view/outline.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/value_text.hpp"

namespace nmx {
namespace {

std::string padded(std::string text, std::size_t columns) {
  const auto has = width(text);
  return has < columns ? text + std::string(columns - has, ' ') : text;
}

class Page {
 public:
  Page(const Plan& plan, TextStyle style) : plan_(plan), width_(style.width), colours_(style.colour) {}

  std::string take() {
    heading();
    drift();
    unreachable();
    imported();
    changes();
    forgotten();
    for (const auto& warning : plan_.warnings) line(colours_.warn("warning: ") + visible(warning));
    closing();
    return fold(text_, width_);
  }

 private:
  void line(std::string text = {}) { text_ += text + "\n"; }

  void split(const std::string& left, const std::string& right) {
    const bool fits = width(left) + width(right) + 2 <= width_;
    const auto gap = fits ? width_ - width(left) - width(right) : 2;
    if (!fits) return line(colours_.strong(left)), line("  " + colours_.quiet(right));
    line(colours_.strong(left) + (right.empty() ? "" : std::string(gap, ' ') + colours_.quiet(right)));
  }

  void heading() {
    auto left = fmt::format("nmx plan · {} · env {}", visible(plan_.site), visible(plan_.environment));
    auto right = plan_.objects_read == 0 ? std::string()
                                         : fmt::format("{} read in {:.1f} s", counted(plan_.objects_read, "object"),
                                                       static_cast<double>(plan_.read_ms) / 1000);
    split(left, right);
    line();
  }

  void drift() {
    if (plan_.drift.empty()) return;
    line(colours_.strong("Changed outside nmx"));
    const auto names = column_of(plan_.drift, [](const Drift& one) { return to_string(one.address); });
    for (const auto& one : plan_.drift) {
      auto lead = lead_of("  ", visible(to_string(one.address)), names);
      if (one.gone) {
        line(fmt::format("{}  {}", lead, colours_.bad("is gone")));
        continue;
      }
      for (const auto& attribute : one.attributes) {
        for (const auto& row : difference_rows(attribute, text_room(names + 4 + 18))) {
          line(fmt::format("{}  {}  {}", lead, padded(visible(row.name), column(16)), row.text));
          lead = std::string(width(lead), ' ');
        }
      }
    }
    line();
  }

  void unreachable() {
    if (plan_.unreachable.empty()) return;
    line(colours_.strong("Not reachable") + ", so nothing of theirs is planned");
    const auto names = column_of(plan_.unreachable, [](const Unreachable& one) { return to_string(one.address); });
    for (const auto& one : plan_.unreachable)
      line(fmt::format("{}  {}", lead_of("  ", visible(to_string(one.address)), names), visible(one.why)));
    line();
  }

  void imported() {
    if (plan_.imported.empty()) return;
    line(colours_.strong("Taken over") + ": already there, and nmx's from now on");
    const auto names = column_of(plan_.imported, [](const auto& one) { return to_string(one.first); });
    for (const auto& [address, id] : plan_.imported)
      line(fmt::format("{}  {}", lead_of("  ", visible(to_string(address)), names), visible(id)));
    line();
  }

  /// How wide names may be, so that facts keep their room.
  std::size_t longest_name() const { return std::max<std::size_t>(24, width_ * 2 / 5); }

  /// The column for the names of some rows; 24 at least, where there is room for columns.
  template <typename Rows, typename NameOf>
  std::size_t column_of(const Rows& rows, NameOf name_of) const {
    auto names = column(24);
    if (names == 0) return 0;
    for (const auto& one : rows) {
      const auto has = width(visible(name_of(one)));
      if (has <= longest_name()) names = std::max(names, has);
    }
    return names;
  }

  using Paint = std::string (Palette::*)(std::string_view) const;

  /// A name in its column, to be followed by facts. One that is too long has a line of its own.
  std::string lead_of(const std::string& mark, const std::string& name, std::size_t names, Paint paint = nullptr) {
    auto lead = mark + padded(name, names);
    if (paint != nullptr) lead = (colours_.*paint)(lead);
    if (width(name) <= longest_name()) return lead;
    line(lead);
    return std::string(width(mark) + names, ' ');
  }

  /// A narrow window has no room for columns.
  std::size_t column(std::size_t wide) const { return width_ < 72 ? 0 : wide; }

  std::size_t text_room(std::size_t taken) const { return std::max<std::size_t>(width_ - std::min(width_, taken), 36); }

  void changes() {
    if (plan_.entries.empty()) return;
    line(colours_.strong("Plan"));
    for (const auto& one : plan_groups(plan_)) group(one);
    line();
  }

  void group(const PlanGroup& group) {
    split(visible(group.title), group.place);
    std::size_t names = 8;
    for (const auto* entry : group.entries) {
      const auto has = width(name_of(*entry));
      if (has <= longest_name()) names = std::max(names, has);
    }
    for (const auto* entry : group.entries) row(*entry, names);
  }

  static std::string name_of(const PlanEntry& entry) { return visible(row_name(entry)); }

  void row(const PlanEntry& entry, std::size_t column) {
    const auto& change = entry.change;
    const auto paint = change.action == Action::create   ? &Palette::good
                       : change.action == Action::update ? &Palette::warn
                                                         : &Palette::bad;
    const auto lead = lead_of(fmt::format("  {} ", sign(change.action)), name_of(entry), column, paint);
    const auto room = text_room(column + 8);
    switch (change.action) {
      case Action::create:
        line(lead + "  " + object_summary(change.after, room) +
             (change.reason.empty() ? "" : colours_.quiet(" (" + change.reason + ")")));
        elevated(entry, column);
        return;
      case Action::destroy: {
        const auto loss = change.danger == ChangeClass::data_loss ? colours_.bad("  its data is lost") : "";
        line(lead + "  " + object_summary(change.before, room) + loss +
             (change.reason.empty() ? "" : colours_.quiet(" (" + change.reason + ")")));
        return;
      }
      case Action::replace: {
        const auto loss = change.danger == ChangeClass::data_loss ? colours_.bad(", its data is lost") : "";
        line(lead + "  made anew: " + visible(change.reason) + loss);
        attributes(entry, {}, column);
        return;
      }
      case Action::update: attributes(entry, lead, column); return;
      case Action::none:
      case Action::forget: return;
    }
  }

  /// `lead`: what stands before the first row; empty: nothing.
  void attributes(const PlanEntry& entry, const std::string& lead, std::size_t column_of_names) {
    const auto indent = std::string(4 + column_of_names, ' ');
    bool first = !lead.empty();
    for (const auto& attribute : entry.change.attributes) {
      const auto rows = difference_rows(attribute, text_room(indent.size() + 38));
      for (const auto& one : rows) {
        auto left = fmt::format("{}  {} {}  {}", first ? lead : indent, one.sign == '~' ? ' ' : one.sign,
                                padded(visible(one.name), column(14)), one.text);
        std::string right(effect(attribute.danger));
        if (attribute.undoes_drift) right += ", undoes drift";
        const auto plain =
            indent.size() + 5 + std::max<std::size_t>(width(one.name), column(14)) + 2 + width(one.text) - 2;
        const auto column_of_effects = std::min<std::size_t>(72, width_ - std::min(width_, width(right)));
        const auto gap = plain + 2 < column_of_effects ? column_of_effects - plain : 2;
        line(left + std::string(gap, ' ') + colours_.by_danger(attribute.danger, right));
        first = false;
      }
    }
    elevated(entry, column_of_names);
  }

  /// Who reviews a plan wants to know where more than the token is used.
  void elevated(const PlanEntry& entry, std::size_t column) {
    if (uses_root(plan_, entry)) line(std::string(column + 6, ' ') + colours_.quiet(root_note));
  }

  void forgotten() {
    if (!plan_.moved.empty()) {
      line(colours_.strong("Moved") + ": the same objects by another address");
      for (const auto& [from, to] : plan_.moved)
        line(fmt::format("  {} → {}", visible(to_string(from)), visible(to_string(to))));
      line();
    }
    const auto rest = left_alone(plan_);
    if (rest.empty()) return;
    line(colours_.strong("Forgotten") + ": no longer in the configuration, and nothing of it is touched");
    for (const auto& address : rest) line("  " + visible(to_string(address)));
    line();
  }

  void closing() {
    if (plan_.entries.empty()) {
      line(std::string(quiet_text(plan_)));
      if (plan_.changes_outputs) line("Outputs change; `nmx apply` records them.");
      return;
    }
    const auto totals = plan_totals(plan_);
    line(counts_text(totals));
    if (!totals.down.empty()) {
      std::string names;
      for (const auto& one : totals.down) names += (names.empty() ? "" : ", ") + down_text(one);
      line(colours_.warn("Down meanwhile: ") + names + ".");
    }
    line(totals.lost == 0 ? data_text(totals) : colours_.bad(data_text(totals)));
    if (plan_.danger() == ChangeClass::data_loss) line("Needs `-approve data-loss`.");
  }

  const Plan& plan_;
  std::size_t width_;
  Palette colours_;
  std::string text_;
};

}  // namespace

std::string plan_text(const Plan& plan, TextStyle style) { return Page(plan, style).take(); }

}  // namespace nmx
