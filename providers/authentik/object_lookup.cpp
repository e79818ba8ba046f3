#include <fmt/core.h>

#include "providers/authentik/object_work.hpp"
#include "providers/authentik/operation_parts.hpp"
#include "providers/authentik/server.hpp"
#include "providers/authentik/translate.hpp"
#include "providers/support/json_fields.hpp"

// Finding objects by their names, and the ids of what they name.
namespace nmx::authentik {

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

}  // namespace nmx::authentik
