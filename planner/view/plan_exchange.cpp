#include "planner/view/plan_exchange.hpp"

#include <fmt/core.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "lang/diagnostics/visible.hpp"
#include "planner/shown_json.hpp"
#include "planner/view/outline.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

std::string printed(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

/// The parts of a value for which `holds` is true, as Terraform marks them: `true` in their place, the rest left out.
template <typename Predicate>
Json marks(const Value& value, Predicate holds) {
  if (holds(value)) return true;
  if (const auto* list = value.list()) {
    auto all = Json::array();
    for (const auto& element : *list) all.push_back(marks(element, holds));
    return all;
  }
  auto all = Json::object();
  if (const auto* object = value.object()) {
    for (const auto& [name, field] : *object) {
      auto mark = marks(field, holds);
      if (mark == true || !mark.empty()) all[name] = std::move(mark);
    }
    return all;
  }
  return false;
}

bool is_secret(const Value& value) { return value.secret; }
bool is_unknown(const Value& value) { return value.is_hole(); }

/// The object without what only apply knows.
Object known(const Object& object) {
  Object rest;
  for (const auto& [name, field] : object) {
    if (!field.is_hole()) rest.set(name, field);
  }
  return rest;
}

Json terraform_actions(const Change& change) {
  switch (change.action) {
    case Action::create: return {"create"};
    case Action::update: return {"update"};
    case Action::destroy: return {"delete"};
    case Action::replace: return change.create_before_destroy ? Json{"create", "delete"} : Json{"delete", "create"};
    case Action::forget: return {"forget"};
    case Action::none: break;
  }
  return {"no-op"};
}

Json terraform_change(const PlanEntry& entry) {
  const auto& change = entry.change;
  const bool existed = change.action != Action::create;
  const bool stays = change.action != Action::destroy && change.action != Action::forget;
  Json made{{"actions", terraform_actions(change)},
            {"before", existed ? shown_json(Value(change.before)) : Json()},
            {"after", stays ? shown_json(Value(known(change.after))) : Json()},
            {"after_unknown", stays ? marks(Value(change.after), is_unknown) : Json::object()},
            {"before_sensitive", existed ? marks(Value(change.before), is_secret) : Json(false)},
            {"after_sensitive", stays ? marks(Value(change.after), is_secret) : Json(false)}};
  if (change.action == Action::replace) {
    auto paths = Json::array();
    for (const auto& attribute : change.attributes) {
      if (attribute.danger >= ChangeClass::replace) paths.push_back(Json::array({attribute.path}));
    }
    made["replace_paths"] = std::move(paths);
  }
  return made;
}

/// The index of a `for_each` instance stands apart, as Terraform has it.
Json terraform_resource(const Address& address, const std::string& type, const std::string& provider) {
  const auto& last = address.steps().back();
  Json made{{"address", to_string(address)},
            {"mode", "managed"},
            {"type", type},
            {"name", last.name},
            {"provider_name", "nmx/" + provider}};
  if (last.key) made["index"] = *last.key;
  return made;
}

struct Place {
  std::string file;
  int line = 1;
};
Place read_place(const std::string& text) {
  Place place;
  const auto colon = text.rfind(':');
  place.file = text.substr(0, colon);
  if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), place.line);
  return place;
}

std::string_view sarif_level(ChangeClass danger) {
  switch (danger) {
    case ChangeClass::none:
    case ChangeClass::create:
    case ChangeClass::live: return "none";
    case ChangeClass::restart: return "note";
    case ChangeClass::replace: return "warning";
    case ChangeClass::destroy:
    case ChangeClass::data_loss: return "error";
  }
  return "none";
}

}  // namespace

std::string plan_tfjson(const Plan& plan) {
  Json all{{"format_version", "1.2"},
           {"terraform_version", "1.11.4"},
           {"planned_values", {{"root_module", Json::object()}}},
           {"configuration", {{"root_module", Json::object()}}},
           {"resource_changes", Json::array()},
           {"resource_drift", Json::array()},
           {"output_changes", Json::object()},
           {"applyable", plan.changes_anything()},
           {"complete", plan.unreachable.empty()},
           {"errored", false}};
  for (const auto& entry : plan.entries) {
    auto made = terraform_resource(entry.change.address, entry.change.type, entry.change.provider);
    made["change"] = terraform_change(entry);
    if (!entry.change.reason.empty()) made["action_reason"] = entry.change.reason;
    all["resource_changes"].push_back(std::move(made));
  }
  for (const auto& one : plan.drift) {
    Object before;
    Object after;
    for (const auto& attribute : one.attributes) {
      before.set(attribute.path, attribute.before);
      after.set(attribute.path, attribute.after);
    }
    auto made = terraform_resource(one.address, one.type, {});
    made["change"] = {{"actions", {one.gone ? "delete" : "update"}},
                      {"before", shown_json(Value(before))},
                      {"after", one.gone ? Json() : shown_json(Value(after))}};
    all["resource_drift"].push_back(std::move(made));
  }
  for (const auto& [name, output] : plan.outputs) {
    const bool unknown = output.value.is_hole();
    all["output_changes"][name] = {{"actions", {"update"}},
                                   {"before", Json()},
                                   {"after", unknown ? Json() : shown_json(output.value)},
                                   {"after_unknown", unknown},
                                   {"before_sensitive", output.value.secret},
                                   {"after_sensitive", output.value.secret}};
  }
  if (!plan.changes_outputs) all["output_changes"].clear();
  return printed(all);
}

std::string plan_gitlab(const Plan& plan) {
  const auto totals = plan_totals(plan);
  return printed({{"create", totals.created + totals.replaced},
                  {"update", totals.changed},
                  {"delete", totals.destroyed + totals.replaced}});
}

std::string plan_sarif(const Plan& plan) {
  auto results = Json::array();
  auto rules = Json::array();
  for (const auto danger : {ChangeClass::restart, ChangeClass::replace, ChangeClass::destroy, ChangeClass::data_loss}) {
    rules.push_back({{"id", fmt::format("nmx/{}", to_string(danger))},
                     {"shortDescription", {{"text", fmt::format("a change that {}", effect(danger))}}},
                     {"defaultConfiguration", {{"level", sarif_level(danger)}}}});
  }
  for (const auto& entry : plan.entries) {
    const auto& change = entry.change;
    if (change.danger < ChangeClass::restart) continue;
    std::string what;
    for (const auto& line : plan_lines(entry, 120)) {
      if (line.danger == change.danger || line.attribute.empty())
        what += (what.empty() ? "" : "; ") + (line.attribute.empty() ? line.text : line.attribute + " " + line.text);
    }
    Json result{{"ruleId", fmt::format("nmx/{}", to_string(change.danger))},
                {"level", sarif_level(change.danger)},
                {"message",
                 {{"text", fmt::format("{} {}: {}", effect(change.danger), visible(to_string(change.address)), what)}}},
                {"partialFingerprints", {{"nmx/address", to_string(change.address)}}}};
    if (!entry.place.empty()) {
      const auto place = read_place(entry.place);
      result["locations"] = {
          {{"physicalLocation",
            {{"artifactLocation", {{"uri", place.file}}}, {"region", {{"startLine", place.line}}}}}}};
    }
    results.push_back(std::move(result));
  }
  return printed({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs",
                   {{{"tool", {{"driver", {{"name", "nmx"}, {"version", plan.nmx_version}, {"rules", rules}}}}},
                     {"results", results}}}}});
}

}  // namespace nmx
