#include <fmt/core.h>

#include "providers/dns/dns_record.hpp"
#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", name);
  return text.empty() ? "none" : text;
}

class Check {
 public:
  Check(const Checking& checking, Diagnostics& diagnostics)
      : checking_(checking),
        diagnostics_(diagnostics),
        served_(checking.facts),
        record_(unpack(checking.change.after)) {}

  void run() {
    check_values();
    if (!check_zone() || !check_name()) return;
    check_ttl();
    check_neighbours();
  }

 private:
  Diagnostic& refuse(std::string_view attribute, std::string message, Code code = Code::bad_option) {
    return diagnostics_.error(code, checking_.place(attribute), std::move(message));
  }

  void check_values() {
    const auto& wanted = checking_.change.after;
    const bool several = checking_.configuration != nullptr && checking_.configuration->attributes.contains("values");
    if (wanted.contains("value"))
      refuse("value", "a record has either `value` or `values`");
    else if (elements(wanted.at_or_null("values")).empty() && !wanted.at_or_null("values").is_hole())
      refuse(several ? "values" : "zone", "the record says nothing").with_help("set `value` or `values`");
    const auto* place = several ? "values" : "value";
    for (const auto& value : elements(wanted.at_or_null("values"))) {
      const auto* text = value.string();
      if (text == nullptr) continue;
      const auto normal = normal_value(record_.key.type, *text);
      if (!normal) refuse(place, normal.error().message).with_help(normal.error().help);
    }
    if (record_.key.type != "CNAME") return;
    if (record_.set.values.size() > 1) refuse(place, "a name is an alias of one other name only");
    if (record_.key.name == "@") {
      refuse("type", fmt::format("`{}` is the zone itself, which cannot be an alias", record_.zone))
          .with_help("use A and AAAA records there");
    }
  }

  bool check_zone() {
    if (record_.zone.empty()) {
      auto& told = refuse("name", fmt::format("no zone of `{}` holds `{}`", checking_.change.provider,
                                              Fields(checking_.change.after).text_or("name", "@")));
      if (served_.known()) told.note(fmt::format("it serves {}", listed(served_.zones())));
      told.with_help(served_.known() ? "name the zone in `zones` of the provider block, and let the server have it"
                                     : "set `zone`: the server cannot be asked yet");
      return false;
    }
    if (!served_.known() || served_.serves(record_.zone)) {
      if (served_.takes(record_.key.type)) return true;
      refuse("type", fmt::format("`{}` does not keep {} records", served_.kind(), record_.key.type));
      return false;
    }
    refuse("zone", fmt::format("`{}` does not serve the zone `{}`", checking_.change.provider, record_.zone))
        .note(fmt::format("it serves {}", listed(served_.zones())))
        .with_help("name it in `zones` of the provider block, and let the server have it");
    return false;
  }

  bool check_name() {
    const auto full = record_.full_name();
    if (!name_in_zone(full, record_.zone)) {
      refuse("name", fmt::format("`{}` does not lie in the zone `{}`", record_.key.name, record_.zone));
      return false;
    }
    const auto mistake = mistake_in_name(full);
    if (!mistake.empty()) refuse("name", fmt::format("`{}` is no name for a record: {}", record_.key.name, mistake));
    return mistake.empty();
  }

  void check_ttl() {
    const auto* ttl = std::get_if<Duration>(&checking_.change.after.at_or_null("ttl").held);
    if (ttl == nullptr) return;
    if (record_.set.ttl < 1 || record_.set.ttl > 604'800) {
      refuse("ttl", "`ttl` lies between one second and a week");
    } else if (served_.kind() == "cloudflare" && (record_.set.ttl < 60 || record_.set.ttl > 86'400)) {
      refuse("ttl", "Cloudflare takes a `ttl` from one minute to one day");
    }
  }

  /// What is there already and is not ours, and what may not stand beside it.
  void check_neighbours() {
    const auto& action = checking_.change.action;
    if (action != Action::create && action != Action::replace) return;
    for (const auto& [type, mark] : served_.at(record_.zone, record_.key.name)) {
      if (is_marked_by(mark, served_.owner())) continue;
      const auto full = fmt::format("{} {}", type, zone_name(record_.full_name()));
      if (type == record_.key.type) {
        if (record_.adopt) continue;
        refuse("name", fmt::format("`{}` is already there, and is not nmx's", full), Code::id_taken)
            .with_help("`adopt = true` takes it over; destroying the object then deletes it");
      } else if (served_.has_marks() && (type == "CNAME" || record_.key.type == "CNAME")) {
        refuse("name", fmt::format("`{}` is already there, and an alias has nothing beside it", full), Code::id_taken);
      }
    }
  }

  const Checking& checking_;
  Diagnostics& diagnostics_;
  Served served_;
  WantedRecord record_;
};

}  // namespace

void DnsRecord::check(const Checking& checking, Diagnostics& diagnostics) const {
  const auto action = checking.change.action;
  if (action == Action::destroy || action == Action::forget || action == Action::none) return;
  Check(checking, diagnostics).run();
}

}  // namespace nmx::dns
