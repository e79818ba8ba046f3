#include "planner/plan_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "planner/checksum.hpp"
#include "planner/plan_json.hpp"
#include "planner/shown_json.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

constexpr int format = 1;

Json shown_plan(const Plan& plan) {
  Json all{{"format", "nmx-plan/1"},
           {"nmx", plan.nmx_version},
           {"site", plan.site},
           {"environment", plan.environment},
           {"configuration", plan.configuration_digest},
           {"lineage", plan.lineage},
           {"serial", plan.serial},
           {"class", to_string(plan.danger())},
           {"changes", Json::array()},
           {"drift", Json::array()},
           {"imported", Json::array()},
           {"moved", Json::array()},
           {"forgotten", Json::array()},
           {"unreachable", Json::array()},
           {"warnings", plan.warnings},
           {"operations", Json::array()},
           {"outputs", Json::object()}};
  const auto attributes = [](const std::vector<AttributeChange>& list) {
    auto made = Json::array();
    for (const auto& one : list) {
      made.push_back({{"path", one.path},
                      {"before", shown_json(one.before)},
                      {"after", shown_json(one.after)},
                      {"class", to_string(one.danger)},
                      {"undoes_drift", one.undoes_drift}});
    }
    return made;
  };
  for (const auto& entry : plan.entries) {
    const auto& change = entry.change;
    all["changes"].push_back({{"address", to_string(change.address)},
                              {"type", change.type},
                              {"provider", change.provider},
                              {"action", to_string(change.action)},
                              {"class", to_string(change.danger)},
                              {"reason", change.reason},
                              {"place", entry.place},
                              {"owner", to_string(entry.owner)},
                              {"before", shown_json(Value(change.before))},
                              {"after", shown_json(Value(change.after))},
                              {"attributes", attributes(change.attributes)}});
  }
  for (const auto& one : plan.drift) {
    all["drift"].push_back({{"address", to_string(one.address)},
                            {"type", one.type},
                            {"gone", one.gone},
                            {"attributes", attributes(one.attributes)}});
  }
  for (const auto& [address, id] : plan.imported)
    all["imported"].push_back({{"address", to_string(address)}, {"id", id}});
  for (const auto& [from, to] : plan.moved) all["moved"].push_back({{"from", to_string(from)}, {"to", to_string(to)}});
  for (const auto& address : plan.forgotten) all["forgotten"].push_back(to_string(address));
  for (const auto& one : plan.unreachable)
    all["unreachable"].push_back({{"address", to_string(one.address)}, {"why", one.why}});
  for (const auto& one : plan.operations) {
    all["operations"].push_back({{"id", one.id},
                                 {"address", to_string(one.address)},
                                 {"verb", one.verb},
                                 {"summary", one.summary},
                                 {"after", one.after},
                                 {"class", to_string(one.danger)},
                                 {"elevated", one.elevated}});
  }
  for (const auto& [name, output] : plan.outputs) all["outputs"][name] = shown_json(output.value);
  return all;
}

std::string fingerprint_of(const Json& shown) {
  const auto digits = to_hex(checksum(shown.dump(-1, ' ', false, Json::error_handler_t::replace), {}, 16));
  return digits.substr(0, 4) + "-" + digits.substr(4, 4) + "-" + digits.substr(8, 4);
}

}  // namespace

std::string write_plan(const Plan& plan, const StateKey& key) {
  const auto head = Json{{"nmx_plan", format}, {"lineage", plan.lineage}, {"serial", plan.serial}}.dump();
  return head + "\n" + Seal(key, plan.lineage).close("plan " + head, to_json_exactly(plan).dump()) + "\n";
}

Result<Plan> read_plan(std::string_view text, const StateKey& key) {
  const auto end = text.find('\n');
  const auto head = std::string(text.substr(0, end));
  const auto described = Json::parse(head, nullptr, false);
  const auto lineage = described.is_object() ? described.find("lineage") : described.end();
  if (end == std::string_view::npos || lineage == described.end() || !lineage->is_string() ||
      !described.contains("nmx_plan")) {
    return Error{"this is no plan of nmx", "`nmx plan -out FILE` writes one"};
  }
  if (described["nmx_plan"] != format) {
    return Error{
        fmt::format("this plan has the format {}, and this nmx reads {}", described["nmx_plan"].dump(), format),
        "apply it with the nmx that made it, or plan again"};
  }
  auto sealed = std::string(text.substr(end + 1));
  while (!sealed.empty() && sealed.back() == '\n') sealed.pop_back();
  auto opened = Seal(key, lineage->get<std::string>()).open("plan " + head, sealed);
  if (!opened) {
    return Error{"this plan was changed, or was made with another state key", "plan again with the key of this state"};
  }
  try {
    auto plan = plan_from_json(Json::parse(*opened));
    wipe(*opened);
    return plan;
  } catch (const Json::exception& error) {
    return Error{fmt::format("this plan cannot be read: {}", error.what())};
  } catch (const std::invalid_argument& error) {
    return Error{fmt::format("this plan cannot be read: {}", error.what())};
  }
}

std::string plan_fingerprint(const Plan& plan) { return fingerprint_of(shown_plan(plan)); }

std::string plan_json(const Plan& plan) {
  auto all = shown_plan(plan);
  all["fingerprint"] = fingerprint_of(all);
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace nmx
