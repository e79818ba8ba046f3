#include "providers/authentik/object_work.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/value_json.hpp"
#include "providers/authentik/operation_parts.hpp"
#include "providers/authentik/server.hpp"
#include "providers/authentik/translate.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

/// The attributes that a request may carry.
std::vector<std::string> sendable(const Model& model, const Object& object) {
  std::vector<std::string> names;
  for (const auto& attribute : model.attributes) {
    const bool written = object.contains(attribute.name()) && attribute.interface.settable;
    if (written && !attribute.field.empty()) names.push_back(attribute.name());
  }
  return names;
}

/// Those that change, and those without which the server would take its defaults.
std::vector<std::string> changed(const Model& model, const Operation& operation) {
  std::vector<std::string> names;
  for (const auto& name : elements(operation.arguments.at_or_null("changed"))) {
    names.push_back(tolerant_text(name).value_or(""));
  }
  for (const auto& attribute : model.attributes) {
    const bool there = std::find(names.begin(), names.end(), attribute.name()) != names.end();
    if (attribute.always && !there && object_of(operation).contains(attribute.name()))
      names.push_back(attribute.name());
  }
  return names;
}

/// Of the embedded outpost nmx sees only the providers that it added.
Object shared_part(Object object, const Object& ours) {
  List mine;
  const auto& added = elements(ours.at_or_null("providers"));
  for (const auto& name : elements(object.at_or_null("providers"))) {
    if (std::find(added.begin(), added.end(), name) != added.end()) mine.push_back(name);
  }
  object.set("providers", std::move(mine));
  return object;
}

}  // namespace

std::string id_of(const Model& model, const Value& json) {
  return Fields(json).text_or(model.type == "authentik_brand" ? "brand_uuid" : "pk", "");
}

Observed ObjectWork::observe(const Model& model, const Value& json, const Object& applied) const {
  Observed observed;
  observed.status = Observed::Status::present;
  observed.id = id_of(model, json);
  observed.attributes = from_api(model, json, session_->directory);
  if (is_embedded(model, observed.attributes)) observed.attributes = shared_part(observed.attributes, applied);
  for (const auto& attribute : model.attributes) {
    if (attribute.two_sided && !applied.empty() && !applied.contains(attribute.name()))
      observed.attributes.erase(attribute.name());
  }
  observed.digest = to_hex(hmac_sha256(session_->seed, to_exact_json(observed.attributes)));
  return observed;
}

Task<Result<Object>> ObjectWork::body(const Model* model, Operation operation, std::vector<std::string> attributes) {
  const auto object = object_of(operation);
  auto learning = learn_names(model, object, attributes);
  const auto learned = co_await learning;
  if (!learned) co_return learned.error();
  auto made = to_api(*model, object, attributes, session_->directory, session_->release);
  if (!made) co_return made.error();
  const bool writes_keys = std::find(attributes.begin(), attributes.end(), "attributes") != attributes.end();
  if (model->marked && (writes_keys || operation.verb == "create")) {
    const auto* own = made->at_or_null("attributes").object();
    auto keys = own ? *own : Object{};
    keys.set(std::string(mark_key), mark_of(operation.address, session_->seed));
    made->set("attributes", std::move(keys));
  }
  co_return made;
}

ObjectWork::Told ObjectWork::create(const Model* model, Operation operation) {
  const auto object = object_of(operation);
  if (model->key.size() > 1) {
    // The server takes the same binding any number of times.
    auto finding = find(model, object);
    auto found = co_await finding;
    if (!found || !found->is_null()) co_return found;
  }
  auto making = body(model, operation, sendable(*model, object));
  auto made = co_await making;
  if (!made) co_return made.error();
  if (model->type == "authentik_user" && !made->contains("name")) made->set("name", object.at_or_null("username"));
  if (model->type == "authentik_outpost") {
    auto asking = send("GET", "/outposts/instances/default_settings/", {});
    const auto defaults = co_await asking;
    if (!defaults) co_return defaults.error();
    const auto* config = Fields(*defaults).at("config").object();
    made->set("config", with_config(*model, object, config ? *config : Object{}));
  }
  auto sending = send("POST", model->path, *std::move(made));
  co_return co_await sending;
}

ObjectWork::Told ObjectWork::adopt(const Model* model, Operation operation) {
  const auto object = object_of(operation);
  auto finding = must_find(model, object);
  auto found = co_await finding;
  if (!found) co_return found;
  const auto real = from_api(*model, *found, session_->directory);
  if (is_as_wanted(*model, object, real)) co_return found;
  auto updating = operation;
  List all;
  for (const auto& name : sendable(*model, object)) {
    Object one{{name, object.at_or_null(name)}};
    if (!is_as_wanted(*model, one, real)) all.emplace_back(name);
  }
  updating.arguments.set("changed", std::move(all));
  updating.arguments.set("id", id_of(*model, *found));
  updating.arguments.set("was", Fields(object).text_or(model->key.front(), ""));
  auto sending = update(model, updating);
  co_return co_await sending;
}

ObjectWork::Told ObjectWork::update(const Model* model, Operation operation) {
  const auto object = object_of(operation);
  auto making = body(model, operation, changed(*model, operation));
  auto made = co_await making;
  if (!made) co_return made.error();
  const auto at = argument(operation, model->by_slug() ? "was" : "id");
  if (model->type == "authentik_outpost") {
    auto getting = get(model, at);
    const auto real = co_await getting;
    if (!real) co_return real.error();
    const auto* config = Fields(*real).at("config").object();
    made->set("config", with_config(*model, object, config ? *config : Object{}));
  }
  auto sending = send("PATCH", item(*model, at), *std::move(made));
  co_return co_await sending;
}

ObjectWork::Told ObjectWork::destroy(const Model* model, Operation operation) {
  const auto object = object_of(operation);
  std::vector<std::string> places{model->by_slug() ? Fields(object).text_or("slug", "") : argument(operation, "id")};
  if (model->key.size() > 1) {
    // A request that came late may have left a second one behind, which would still let people in.
    auto finding = find_all(model, object);
    const auto twins = co_await finding;
    if (!twins) co_return twins.error();
    for (const auto& twin : *twins) {
      if (id_of(*model, twin) != places.front()) places.push_back(id_of(*model, twin));
    }
  }
  for (const auto& place : places) {
    auto calling = session_->client.call({"DELETE", item(*model, place)});
    const auto reply = co_await calling;
    if (!reply.ok() && !reply.absent()) co_return to_error(reply);
  }
  session_->directory.forget(model->names, Fields(object).text_or(model->key.front(), ""));
  if (model->names == Names::application) session_->directory.forget(Names::target, Fields(object).text_or("slug", ""));
  co_return Value{};
}

ObjectWork::Told ObjectWork::dispatch(const Model* model, Operation operation) {
  const auto& verb = operation.verb;
  auto working = verb == "create"         ? create(model, operation)
                 : verb == "adopt"        ? adopt(model, operation)
                 : verb == "update"       ? update(model, operation)
                 : verb == "destroy"      ? destroy(model, operation)
                 : verb == "attach"       ? attach(model, operation)
                 : verb == "set_password" ? set_password(model, operation)
                 : verb == "set_token"    ? set_token(model, operation)
                 : verb == "apply"        ? apply_blueprint(model, operation)
                                          : must_find(model, object_of(operation));
  co_return co_await working;
}

Task<Result<Answer>> ObjectWork::execute(Operation operation) {
  const auto* model = find_model(operation.type);
  auto working = dispatch(model, operation);
  const auto told = co_await working;
  if (!told) co_return Error{fmt::format("cannot {}: {}", operation.summary, told.error().message), told.error().help};
  if (told->is_null()) co_return Answer{};
  session_->directory.learn_object(*model, *told);
  auto observed = observe(*model, *told, object_of(operation));
  Answer answer;
  answer.id = observed.id;
  answer.attributes = object_of(operation);
  for (auto& [name, value] : observed.attributes) answer.attributes.set(name, value);
  co_return answer;
}

Task<Result<Reconciled>> ObjectWork::reconcile(Operation operation) {
  const auto* model = find_model(operation.type);
  const auto object = object_of(operation);
  Reconciled reconciled;
  if (operation.verb == "destroy") {
    auto getting = get(model, model->by_slug() ? Fields(object).text_or("slug", "") : argument(operation, "id"));
    const auto real = co_await getting;
    if (!real) co_return real.error();
    reconciled.fate = real->is_null() ? Fate::done : Fate::not_done;
    co_return reconciled;
  }
  // Passwords and tokens are set again, a blueprint is applied again: it does no harm.
  if (operation.verb == "set_password" || operation.verb == "set_token" || operation.verb == "apply")
    co_return reconciled;
  auto finding = find(model, object);
  const auto real = co_await finding;
  if (!real) co_return real.error();
  if (real->is_null()) co_return reconciled;
  const auto observed = observe(*model, *real, object);
  const auto mark = Fields(Fields(*real).at("attributes")).text_or(mark_key, "");
  const bool ours = model->marked && mark == mark_of(operation.address, session_->seed);
  if (!is_as_wanted(*model, object, observed.attributes) && !(operation.verb == "create" && ours)) co_return reconciled;
  reconciled.fate = Fate::done;
  reconciled.answer.id = observed.id;
  reconciled.answer.attributes = object;
  for (const auto& [name, value] : observed.attributes) reconciled.answer.attributes.set(name, value);
  co_return reconciled;
}

}  // namespace nmx::authentik
