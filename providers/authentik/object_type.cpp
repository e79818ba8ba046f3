#include "providers/authentik/object_type.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/diagnostics/suggest.hpp"
#include "providers/authentik/operation_parts.hpp"
#include "providers/authentik/server.hpp"
#include "providers/authentik/translate.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

/// `grafana`; of a binding `grafana for family`.
std::string title(const Model& model, const Object& object) {
  std::string text;
  for (const auto& name : model.key) {
    const auto part = tolerant_text(object.at_or_null(name)).value_or("");
    if (!part.empty()) text += text.empty() ? part : " for " + part;
  }
  return text;
}

/// Makes the steps of one change.
class Steps {
 public:
  Steps(const Model& model, const Change& change) : model_(model), change_(change) {}

  /// `rest`: what the verb needs beside the object.
  void add(std::string verb, ChangeClass danger, std::string_view words, const Object& object, Object rest = {}) {
    Operation operation;
    operation.address = change_.address;
    operation.type = change_.type;
    operation.provider = change_.provider;
    operation.verb = std::move(verb);
    operation.danger = danger;
    operation.summary = fmt::format("{} {} {}", words, model_.noun, title(model_, object));
    operation.conflicts = {fmt::format("{} {} {}", change_.provider, model_.noun, title(model_, object))};
    operation.key = title(model_, object);
    operation.arguments = std::move(rest);
    operation.arguments.set("object", object);
    const auto& timeouts = change_.timeouts;
    const auto& limit = danger == ChangeClass::create    ? timeouts.create
                        : danger == ChangeClass::destroy ? timeouts.destroy
                                                         : timeouts.update;
    operation.timeout_ms = limit.value_or(120'000);
    operations_.push_back(std::move(operation));
  }

  std::vector<Operation> take() {
    if (!operations_.empty()) operations_.back().completes = true;
    return std::move(operations_);
  }

 private:
  const Model& model_;
  const Change& change_;
  std::vector<Operation> operations_;
};

/// The attributes that a change touches: `redirect_uris` of `redirect_uris[…]`.
List touched(const Change& change) {
  List names;
  for (const auto& one : change.attributes) {
    Value name(one.path.substr(0, one.path.find_first_of("[.")));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

bool touches(const List& names, std::string_view name) {
  return std::find(names.begin(), names.end(), Value(name)) != names.end();
}

}  // namespace

ObjectType::ObjectType(const Model& model) : model_(model) {
  schema_.interface.type = model.type;
  schema_.interface.doc = model.doc;
  schema_.natural_key = model.key;
  for (const auto& attribute : model.attributes) {
    schema_.interface.attributes.push_back(attribute.interface);
    schema_.rules.emplace(attribute.name(), attribute.rule);
  }
}

Object ObjectType::normalise(const Object& written, const Facts& facts) const {
  const Server server(facts);
  const auto release = server.release();
  Object object;
  for (const auto& [name, value] : written) {
    if (value.is_null()) continue;
    const auto* attribute = model_.find(name);
    if (!attribute) continue;
    // What is only taken where nothing is written asks nothing of a server that does not have it.
    const bool too_new = release && attribute->since > *release;
    if (too_new && value == normal_value(*attribute, attribute->interface.fallback, server.mappings())) continue;
    auto normal = normal_value(*attribute, value, server.mappings());
    normal.secret = value.secret;
    object.set(name, std::move(normal));
  }
  return object;
}

Result<Object> ObjectType::decide(const Deciding& deciding) const {
  Object decided;
  const auto seed = Server(deciding.facts).seed();
  const auto address = to_string(deciding.address);
  for (const auto& attribute : model_.attributes) {
    if (!attribute.rule.decided || deciding.wanted.contains(attribute.name())) continue;
    const auto* kept = deciding.applied ? deciding.applied->find(attribute.name()) : nullptr;
    if (kept && !kept->is_null()) {
      decided.set(attribute.name(), *kept);
      continue;
    }
    const auto bytes = [&](std::string_view part) {
      return to_hex(hmac_sha256(seed, fmt::format("authentik {} {} {}", attribute.name(), part, address)));
    };
    if (!attribute.interface.type.secret) {
      decided.set(attribute.name(), bytes("").substr(0, 40));
    } else if (!seed.empty()) {
      decided.set(attribute.name(), Value(bytes("first") + bytes("second")).as_secret());
    } else {
      return Error{fmt::format("`{}` cannot be chosen before the server is there", attribute.name()),
                   fmt::format("give `{}`, for example from a `secret`", attribute.name())};
    }
  }
  return decided;
}

void ObjectType::check_names(const Checking& checking, Diagnostics& diagnostics) const {
  const Server server(checking.facts);
  const auto release = server.release();
  for (const auto& attribute : model_.attributes) {
    const auto* value = checking.change.after.find(attribute.name());
    if (!value || value->is_hole()) continue;
    if (release && attribute.since > *release) {
      diagnostics
          .error(Code::bad_option, checking.place(attribute.name()),
                 fmt::format("`{}` needs Authentik {}", attribute.name(), to_string(attribute.since)))
          .note("this server is " + to_string(*release));
    }
    const auto name = tolerant_text(*value).value_or("");
    if (attribute.names == Names::nothing || name.empty() || server.has(attribute.names, name)) continue;
    const std::string_view what = attribute.names == Names::flow ? "flow" : "certificate";
    auto& told = diagnostics.error(Code::unknown_name, checking.place(attribute.name()),
                                   fmt::format("this Authentik has no {} `{}`", what, name));
    const auto all = server.all(attribute.names);
    if (const auto near = nearest(name, all)) {
      told.with_help(fmt::format("did you mean `{}`?", *near));
    } else if (!all.empty()) {
      std::string listed;
      for (const auto& one : all) listed += (listed.empty() ? "`" : ", `") + one + '`';
      told.with_help(fmt::format("it has {}; set `{}`", listed, attribute.name()));
    }
  }
}

void ObjectType::check_existing(const Checking& checking, Diagnostics& diagnostics) const {
  const auto& change = checking.change;
  const Server server(checking.facts);
  if (change.action != Action::create || is_embedded(model_, change.after)) return;
  const auto existing = server.existing(model_, change.after);
  if (!existing) return;
  if (existing->mark == mark_of(change.address, server.seed())) return;
  if (is_as_wanted(model_, change.after, existing->real)) return;
  diagnostics
      .error(Code::id_taken, checking.place(model_.key.front()),
             fmt::format("this Authentik already has a {} `{}`, and nmx did not make it", model_.noun,
                         title(model_, change.after)))
      .with_help(fmt::format("choose another `{}`, or take it over by `import {{ to = {}, id = \"{}\" }}`",
                             model_.key.front(), to_string(change.address), existing->id));
}

void ObjectType::check(const Checking& checking, Diagnostics& diagnostics) const {
  const auto action = checking.change.action;
  if (action == Action::destroy || action == Action::forget) return;
  if (model_.check) model_.check(checking, diagnostics);
  if (!Server(checking.facts).known()) return;
  check_names(checking, diagnostics);
  check_existing(checking, diagnostics);
}

Result<std::vector<Operation>> ObjectType::operations(const Change& change, const Facts& facts) const {
  Steps steps(model_, change);
  const bool goes = change.action == Action::destroy || change.action == Action::replace;
  const bool comes = change.action == Action::create || change.action == Action::replace;
  const auto destroy_class = change.action == Action::replace ? change.danger : ChangeClass::destroy;
  const auto names = touched(change);
  if (goes) {
    const Object at{{"id", change.id}};
    if (is_embedded(model_, change.before)) {
      auto nothing = change.before;
      nothing.set("providers", List{});
      steps.add("attach", destroy_class, "leave", nothing, {{"was", change.before.at_or_null("providers")}});
    } else {
      steps.add("destroy", destroy_class, "delete", change.before, at);
    }
  }
  if (comes) {
    const Server server(facts);
    const auto existing =
        change.action == Action::create ? server.existing(model_, change.after) : std::optional<Existing>();
    if (is_embedded(model_, change.after)) {
      steps.add("attach", ChangeClass::create, "join", change.after, {{"was", List{}}});
    } else if (existing) {
      steps.add("adopt", ChangeClass::create, "take over", change.after);
    } else {
      steps.add("create", ChangeClass::create, "create", change.after);
    }
  }
  const bool updates = change.action == Action::update;
  if (updates && is_embedded(model_, change.after)) {
    steps.add("attach", ChangeClass::live, "change", change.after,
              {{"was", change.before.at_or_null("providers")}, {"changed", names}});
  } else if (updates) {
    List sent;
    for (const auto& name : names) {
      const auto* attribute = model_.find(*name.string());
      if (attribute && !attribute->field.empty()) sent.push_back(name);
    }
    if (!sent.empty()) {
      steps.add("update", ChangeClass::live, "change", change.after,
                {{"id", change.id}, {"changed", sent}, {"was", title(model_, change.before)}});
    }
  }
  for (const auto& [attribute, verb, words] : {std::tuple("password", "set_password", "set the password of"),
                                               std::tuple("token", "set_token", "set the token of")}) {
    const bool wanted = change.after.contains(attribute) && (comes || (updates && touches(names, attribute)));
    if (wanted) steps.add(verb, comes ? ChangeClass::create : ChangeClass::live, words, change.after);
  }
  const bool blueprint = model_.type == "authentik_blueprint";
  if (blueprint && (comes || updates)) steps.add("apply", ChangeClass::live, "apply", change.after);
  return steps.take();
}

}  // namespace nmx::authentik
