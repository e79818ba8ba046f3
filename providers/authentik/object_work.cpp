#include "providers/authentik/object_work.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/value_json.hpp"
#include "providers/authentik/server.hpp"
#include "providers/authentik/translate.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/retry.hpp"

namespace nmx::authentik {
namespace {

const Object& object_of(const Operation& operation) {
  static const Object nothing;
  const auto* object = operation.arguments.at_or_null("object").object();
  return object ? *object : nothing;
}

std::string argument(const Operation& operation, std::string_view name) {
  return Fields(operation.arguments).text_or(name, "");
}

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

std::string item(const Model& model, std::string_view at) {
  return fmt::format("{}{}/", model.path, percent_encode(at));
}

bool is_embedded(const Model& model, const Object& object) {
  return model.type == "authentik_outpost" && Fields(object).text_or("name", "") == embedded_outpost;
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

Value with_config(const Model& model, const Object& wanted, Object config) {
  for (const auto& attribute : model.attributes) {
    if (attribute.form != Attribute::Form::config || !wanted.contains(attribute.name())) continue;
    config.set(attribute.field, wanted.at_or_null(attribute.name()));
  }
  return config;
}

}  // namespace

std::string id_of(const Model& model, const Value& json) {
  return Fields(json).text_or(model.type == "authentik_brand" ? "brand_uuid" : "pk", "");
}

std::string place_of(const Model& model, const Value& json) {
  return model.by_slug() ? Fields(json).text_or("slug", "") : id_of(model, json);
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

ObjectWork::Told ObjectWork::send(std::string method, std::string path, Value content) {
  auto calling = session_->client.call({std::move(method), std::move(path), {}, std::move(content)});
  auto reply = co_await calling;
  if (!reply.ok()) co_return to_error(reply);
  co_return std::move(reply.data);
}

ObjectWork::Told ObjectWork::get(const Model* model, std::string at) {
  auto calling = session_->client.call({"GET", item(*model, at)});
  auto reply = co_await calling;
  if (reply.absent()) co_return Value{};
  if (!reply.ok()) co_return to_error(reply);
  session_->directory.learn_object(*model, reply.data);
  co_return std::move(reply.data);
}

ObjectWork::Told ObjectWork::find(const Model* model, Object wanted) {
  auto finding = find_all(model, std::move(wanted));
  auto found = co_await finding;
  if (!found) co_return found.error();
  co_return found->empty() ? Value{} : std::move(found->front());
}

Task<Result<List>> ObjectWork::find_all(const Model* model, Object wanted) {
  const Fields fields(wanted);
  const auto name = fields.text_or(model->key.front(), "");
  if (model->by_slug()) {
    auto getting = get(model, name);
    auto found = co_await getting;
    if (!found) co_return found.error();
    co_return found->is_null() ? List{} : List{*std::move(found)};
  }
  Form query;
  if (is_embedded(*model, wanted)) {
    query.set("managed__iexact", std::string(embedded_mark));
  } else if (model->names == Names::nothing && model->key.size() > 1) {
    auto learning = learn_names(model, wanted, model->key);
    const auto learned = co_await learning;
    if (!learned) co_return List{};  // what it would bind is not there
    query.set(model->lookup, tolerant_text(*session_->directory.id(Names::target, name)).value_or(""));
  } else {
    query.set(model->lookup, name);
  }
  auto listing = session_->client.list(model->path, std::move(query));
  const auto listed = co_await listing;
  if (!listed) co_return listed.error();
  List found;
  for (const auto& json : *listed) {
    session_->directory.learn_object(*model, json);
    const auto real = from_api(*model, json, session_->directory);
    if (key_text(*model, real) == key_text(*model, wanted)) found.push_back(json);
  }
  co_return found;
}

ObjectWork::Told ObjectWork::must_find(const Model* model, Object wanted) {
  auto finding = find(model, wanted);
  auto found = co_await finding;
  if (found && found->is_null()) {
    co_return Error{fmt::format("there is no {} `{}`", model->noun, Fields(wanted).text_or(model->key.front(), ""))};
  }
  co_return found;
}

Task<Status> ObjectWork::learn_name(Names names, std::string name) {
  auto& directory = session_->directory;
  if (names == Names::application || names == Names::target) {
    auto getting = get(find_model("authentik_application"), name);
    const auto found = co_await getting;
    if (!found) co_return found.error();
    co_return Done{};
  }
  struct Place {
    std::string path;
    std::string parameter;
    const char* called;
  };
  const auto place = [&]() -> Place {
    switch (names) {
      case Names::flow: return {"/flows/instances/", "slug", "slug"};
      case Names::certificate: return {"/crypto/certificatekeypairs/", "name", "name"};
      case Names::mapping: return {"/propertymappings/provider/scope/", "search", "name"};
      case Names::provider: return {"/providers/all/", "search", "name"};
      case Names::group: return {"/core/groups/", "name", "name"};
      case Names::user: return {"/core/users/", "username", "username"};
      case Names::policy: return {"/policies/all/", "search", "name"};
      case Names::nothing:
      case Names::application:
      case Names::target: break;
    }
    return {};
  }();
  Form query;
  query.set(place.parameter, name);
  auto listing = session_->client.list(place.path, std::move(query));
  const auto listed = co_await listing;
  if (!listed) co_return listed.error();
  for (const auto& json : *listed) {
    const auto called = names == Names::mapping ? mapping_name(json) : Fields(json).text_or(place.called, "");
    directory.learn(names, called, Fields(json).at("pk"));
  }
  co_return Done{};
}

Task<Status> ObjectWork::learn_names(const Model* model, Object wanted, std::vector<std::string> attributes) {
  for (const auto& name : attributes) {
    const auto* attribute = model->find(name);
    if (!attribute) continue;
    for (const auto& unknown : unknown_names(*attribute, wanted.at_or_null(name), session_->directory)) {
      auto learning = learn_name(attribute->names, unknown);
      const auto learned = co_await learning;
      if (!learned) co_return learned.error();
      if (!session_->directory.id(attribute->names, unknown))
        co_return Error{fmt::format("`{}` is `{}`, and this Authentik has none of that name", name, unknown)};
    }
  }
  co_return Done{};
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

/// The embedded outpost is everybody's: what it serves beside ours stays, and so do settings that are not ours.
ObjectWork::Told ObjectWork::attach(const Model* model, Operation operation) {
  const auto wanted = object_of(operation);
  auto finding = must_find(model, wanted);
  auto found = co_await finding;
  if (!found) co_return found;
  auto learning = learn_names(model, wanted, {"providers"});
  const auto learned = co_await learning;
  if (!learned) co_return learned.error();
  const auto& directory = session_->directory;
  List ours;
  for (const auto& name : elements(wanted.at_or_null("providers")))
    ours.push_back(*directory.id(Names::provider, tolerant_text(name).value_or("")));
  List together;
  const auto was = elements(operation.arguments.at_or_null("was"));
  for (const auto& id : elements(Fields(*found).at("providers"))) {
    const auto name = directory.name(Names::provider, id);
    const bool added_by_us = name && std::find(was.begin(), was.end(), Value(*name)) != was.end();
    const bool still = std::find(ours.begin(), ours.end(), id) != ours.end();
    if (!added_by_us || still) together.push_back(id);
  }
  for (const auto& id : ours) {
    if (std::find(together.begin(), together.end(), id) == together.end()) together.push_back(id);
  }
  const auto* config = Fields(*found).at("config").object();
  Object content{{"type", "proxy"}, {"providers", together}};
  const auto settings = with_config(*model, wanted, config ? *config : Object{});
  if (config && !(settings == Value(*config))) content.set("config", settings);
  const bool equal = Value(together) == Fields(*found).at("providers") && !content.contains("config");
  if (equal) co_return found;
  const auto place = item(*model, id_of(*model, *found));
  auto sending = send("PATCH", place, std::move(content));
  const auto sent = co_await sending;
  if (!sent) co_return sent;
  // Authentik has no lock and no version: whether somebody else wrote in between shows only in what is there now.
  auto checking = send("GET", place, {});
  auto now = co_await checking;
  if (!now) co_return now;
  for (const auto& id : ours) {
    const auto& there = elements(Fields(*now).at("providers"));
    if (std::find(there.begin(), there.end(), id) == there.end())
      co_return Error{"the embedded outpost was changed by somebody else in the same moment", "apply again"};
  }
  co_return now;
}

ObjectWork::Told ObjectWork::set_password(const Model* model, Operation operation) {
  const auto wanted = object_of(operation);
  auto finding = must_find(model, wanted);
  auto found = co_await finding;
  if (!found) co_return found;
  auto sending = send("POST", item(*model, id_of(*model, *found)) + "set_password/",
                      Object{{"password", wanted.at_or_null("password")}});
  const auto sent = co_await sending;
  if (!sent) co_return sent;
  co_return found;
}

ObjectWork::Told ObjectWork::set_token(const Model* model, Operation operation) {
  const auto wanted = object_of(operation);
  auto finding = must_find(model, wanted);
  auto found = co_await finding;
  if (!found) co_return found;
  const auto identifier = Fields(*found).text_or("token_identifier", "");
  auto sending = send("POST", fmt::format("/core/tokens/{}/set_key/", percent_encode(identifier)),
                      Object{{"key", wanted.at_or_null("token")}});
  const auto sent = co_await sending;
  if (!sent) co_return sent;
  co_return found;
}

ObjectWork::Told ObjectWork::apply_blueprint(const Model* model, Operation operation) {
  auto finding = must_find(model, object_of(operation));
  auto found = co_await finding;
  if (!found) co_return found;
  const auto before = Fields(*found).text_or("last_applied", "");
  const auto place = item(*model, id_of(*model, *found));
  auto sending = send("POST", place + "apply/", {});
  const auto sent = co_await sending;
  if (!sent) co_return sent;
  auto& env = session_->client.env();
  const Deadline deadline(env, Milliseconds{operation.timeout_ms});
  Cadence cadence({Milliseconds{200}, Milliseconds{400}, Milliseconds{1'000}});
  for (;;) {
    auto looking = send("GET", place, {});
    auto now = co_await looking;
    if (!now) co_return now;
    const auto status = Fields(*now).text_or("status", "unknown");
    const bool over = Fields(*now).text_or("last_applied", "") != before && status != "unknown";
    if (over && status == "successful") co_return now;
    if (over)
      co_return Error{fmt::format("Authentik applied the blueprint with the status `{}`", status),
                      "its log under Customization > Blueprints says what is wrong"};
    const auto wait = cadence.wait();
    if (!deadline.allows(wait)) co_return Error{"Authentik has not applied the blueprint; does its worker run?"};
    auto pause = env.sleep(wait);
    co_await pause;
  }
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
