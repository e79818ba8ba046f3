#include "planner/plan_json.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

Json from_value(const Value& value) { return Json::parse(to_exact_json(value)); }

Value to_value(const Json& json) {
  auto value = from_exact_json(json.dump());
  if (!value) throw std::invalid_argument(value.error().message);
  return *std::move(value);
}

Object to_object(const Json& json) {
  const auto value = to_value(json);
  if (value.object() == nullptr) throw std::invalid_argument("an object was expected");
  return *value.object();
}

Address read_address(const Json& json) {
  auto address = parse_address(json.get<std::string>());
  if (!address) throw std::invalid_argument(address.error().message);
  return *std::move(address);
}

Json from_addresses(const std::vector<Address>& addresses) {
  auto list = Json::array();
  for (const auto& address : addresses) list.push_back(to_string(address));
  return list;
}

std::vector<Address> to_addresses(const Json& json) {
  std::vector<Address> addresses;
  for (const auto& entry : json) addresses.push_back(read_address(entry));
  return addresses;
}

ChangeClass to_class(const Json& json) {
  const auto danger = parse_change_class(json.get<std::string>());
  if (!danger) throw std::invalid_argument("unknown class of change");
  return *danger;
}

Json from_attributes(const std::vector<AttributeChange>& attributes) {
  auto list = Json::array();
  for (const auto& one : attributes) {
    list.push_back({{"path", one.path},
                    {"before", from_value(one.before)},
                    {"after", from_value(one.after)},
                    {"class", to_string(one.danger)},
                    {"undoes_drift", one.undoes_drift}});
  }
  return list;
}

std::vector<AttributeChange> to_attributes(const Json& json) {
  std::vector<AttributeChange> attributes;
  for (const auto& entry : json) {
    AttributeChange one;
    one.path = entry.at("path");
    one.before = to_value(entry.at("before"));
    one.after = to_value(entry.at("after"));
    one.danger = to_class(entry.at("class"));
    one.undoes_drift = entry.at("undoes_drift");
    attributes.push_back(std::move(one));
  }
  return attributes;
}

Json from_change(const Change& change) {
  return {{"address", to_string(change.address)},
          {"type", change.type},
          {"provider", change.provider},
          {"action", to_string(change.action)},
          {"class", to_string(change.danger)},
          {"before", from_value(change.before)},
          {"after", from_value(change.after)},
          {"applied", from_value(change.applied)},
          {"attributes", from_attributes(change.attributes)},
          {"id", change.id},
          {"create_before_destroy", change.create_before_destroy},
          {"reason", change.reason}};
}

Change to_change(const Json& json) {
  Change change;
  change.address = read_address(json.at("address"));
  change.type = json.at("type");
  change.provider = json.at("provider");
  const auto action = parse_action(json.at("action").get<std::string>());
  if (!action) throw std::invalid_argument("unknown action");
  change.action = *action;
  change.danger = to_class(json.at("class"));
  change.before = to_object(json.at("before"));
  change.after = to_object(json.at("after"));
  change.applied = to_object(json.at("applied"));
  change.attributes = to_attributes(json.at("attributes"));
  change.id = json.at("id");
  change.create_before_destroy = json.at("create_before_destroy");
  change.reason = json.at("reason");
  return change;
}

Json from_entry(const PlanEntry& entry) {
  return {{"change", from_change(entry.change)},
          {"owner", to_string(entry.owner)},
          {"title", entry.title},
          {"place", entry.place},
          {"ordinal", entry.ordinal},
          {"places", entry.places},
          {"dependencies", from_addresses(entry.dependencies)},
          {"protect", entry.protect},
          {"replace_when", from_value(entry.replace_when)},
          {"downtime_ms", entry.downtime_ms}};
}

PlanEntry to_entry(const Json& json) {
  PlanEntry entry;
  entry.change = to_change(json.at("change"));
  entry.owner = read_address(json.at("owner"));
  entry.title = json.at("title");
  entry.place = json.at("place");
  entry.ordinal = json.at("ordinal");
  entry.places = json.at("places").get<std::map<std::string, std::string>>();
  entry.dependencies = to_addresses(json.at("dependencies"));
  entry.protect = json.at("protect");
  entry.replace_when = to_value(json.at("replace_when"));
  entry.downtime_ms = json.value("downtime_ms", std::int64_t{0});
  return entry;
}

Json from_operation(const Operation& operation) {
  return {{"id", operation.id},
          {"address", to_string(operation.address)},
          {"type", operation.type},
          {"provider", operation.provider},
          {"verb", operation.verb},
          {"arguments", from_value(operation.arguments)},
          {"after", operation.after},
          {"class", to_string(operation.danger)},
          {"conflicts", operation.conflicts},
          {"key", operation.key},
          {"batch", operation.batch},
          {"summary", operation.summary},
          {"timeout_ms", operation.timeout_ms},
          {"elevated", operation.elevated},
          {"completes", operation.completes}};
}

Operation to_operation(const Json& json) {
  Operation operation;
  operation.id = json.at("id");
  operation.address = read_address(json.at("address"));
  operation.type = json.at("type");
  operation.provider = json.at("provider");
  operation.verb = json.at("verb");
  operation.arguments = to_object(json.at("arguments"));
  operation.after = json.at("after").get<std::vector<std::size_t>>();
  operation.danger = to_class(json.at("class"));
  operation.conflicts = json.at("conflicts").get<std::vector<std::string>>();
  operation.key = json.at("key");
  operation.batch = json.value("batch", "");
  operation.summary = json.at("summary");
  operation.timeout_ms = json.at("timeout_ms");
  operation.elevated = json.at("elevated");
  operation.completes = json.at("completes");
  return operation;
}

Json from_state_object(const StateObject& object) {
  return {{"type", object.type},
          {"provider", object.provider},
          {"id", object.id},
          {"schema_version", object.schema_version},
          {"attributes", from_value(object.attributes)},
          {"dependencies", from_addresses(object.dependencies)},
          {"tainted", object.status == StateObject::Status::tainted},
          {"protect", object.protect},
          {"replace_when", from_value(object.replace_when)},
          {"downtime_ms", object.downtime_ms}};
}

StateObject to_state_object(const Json& json) {
  StateObject object;
  object.type = json.at("type");
  object.provider = json.at("provider");
  object.id = json.at("id");
  object.schema_version = json.at("schema_version");
  object.attributes = to_object(json.at("attributes"));
  object.dependencies = to_addresses(json.at("dependencies"));
  object.status = json.at("tainted").get<bool>() ? StateObject::Status::tainted : StateObject::Status::ready;
  object.protect = json.at("protect");
  object.replace_when = to_value(json.at("replace_when"));
  object.downtime_ms = json.value("downtime_ms", std::int64_t{0});
  return object;
}

Json from_allocations(const Allocator::Spaces& spaces) {
  auto all = Json::object();
  for (const auto& [name, space] : spaces) {
    for (const auto& [value, allocation] : space) all[name][value] = {allocation.owner, allocation.released};
  }
  return all;
}

Allocator::Spaces to_allocations(const Json& json) {
  Allocator::Spaces spaces;
  for (const auto& [name, space] : json.items()) {
    for (const auto& [value, entry] : space.items()) spaces[name][value] = {entry.at(0), entry.at(1)};
  }
  return spaces;
}

}  // namespace

Json to_json_exactly(const Plan& plan) {
  Json all{{"nmx", plan.nmx_version},
           {"environment", plan.environment},
           {"site", plan.site},
           {"configuration", plan.configuration_digest},
           {"lineage", plan.lineage},
           {"serial", plan.serial},
           {"allocations", from_allocations(plan.allocations)},
           {"forgotten", from_addresses(plan.forgotten)},
           {"inputs", plan.inputs},
           {"warnings", plan.warnings},
           {"objects_read", plan.objects_read},
           {"read_ms", plan.read_ms},
           {"changes_outputs", plan.changes_outputs}};
  all["imported"] = Json::array();
  for (const auto& [address, id] : plan.imported) all["imported"].push_back({to_string(address), id});
  all["moved"] = Json::array();
  for (const auto& [from, to] : plan.moved) all["moved"].push_back({to_string(from), to_string(to)});
  for (const auto* list : {"drift", "entries", "operations", "unreachable"}) all[list] = Json::array();
  for (const auto* map : {"observed", "outputs", "refreshed"}) all[map] = Json::object();
  for (const auto& [address, digest] : plan.observed_digests) all["observed"][to_string(address)] = digest;
  for (const auto& one : plan.drift) {
    all["drift"].push_back({{"address", to_string(one.address)},
                            {"type", one.type},
                            {"gone", one.gone},
                            {"attributes", from_attributes(one.attributes)}});
  }
  for (const auto& entry : plan.entries) all["entries"].push_back(from_entry(entry));
  for (const auto& operation : plan.operations) all["operations"].push_back(from_operation(operation));
  for (const auto& one : plan.unreachable) all["unreachable"].push_back({to_string(one.address), one.why});
  for (const auto& [name, output] : plan.outputs)
    all["outputs"][name] = {{"value", from_value(output.value)}, {"doc", output.doc}};
  for (const auto& [address, object] : plan.refreshed) all["refreshed"][to_string(address)] = from_state_object(object);
  return all;
}

Plan plan_from_json(const Json& json) {
  Plan plan;
  plan.nmx_version = json.at("nmx");
  plan.environment = json.at("environment");
  plan.site = json.at("site");
  plan.configuration_digest = json.at("configuration");
  plan.lineage = json.at("lineage");
  plan.serial = json.at("serial");
  plan.allocations = to_allocations(json.at("allocations"));
  plan.forgotten = to_addresses(json.at("forgotten"));
  plan.inputs = json.at("inputs").get<std::vector<std::string>>();
  plan.warnings = json.at("warnings").get<std::vector<std::string>>();
  plan.objects_read = json.at("objects_read");
  plan.read_ms = json.at("read_ms");
  plan.changes_outputs = json.at("changes_outputs");
  for (const auto& one : json.at("imported")) plan.imported.emplace_back(read_address(one.at(0)), one.at(1));
  for (const auto& one : json.at("moved")) plan.moved.emplace_back(read_address(one.at(0)), read_address(one.at(1)));
  for (const auto& [address, digest] : json.at("observed").items())
    plan.observed_digests.emplace(read_address(address), digest);
  for (const auto& one : json.at("drift")) {
    plan.drift.push_back(
        {read_address(one.at("address")), one.at("type"), one.at("gone"), to_attributes(one.at("attributes"))});
  }
  for (const auto& entry : json.at("entries")) plan.entries.push_back(to_entry(entry));
  for (const auto& operation : json.at("operations")) plan.operations.push_back(to_operation(operation));
  for (const auto& one : json.at("unreachable")) plan.unreachable.push_back({read_address(one.at(0)), one.at(1)});
  for (const auto& [name, output] : json.at("outputs").items()) {
    plan.outputs.emplace(name, StateOutput{to_value(output.at("value")), output.at("doc")});
  }
  for (const auto& [address, object] : json.at("refreshed").items()) {
    plan.refreshed.emplace(read_address(address), to_state_object(object));
  }
  return plan;
}

}  // namespace nmx
