#include <fmt/core.h>

#include <algorithm>

#include "providers/authentik/object_work.hpp"
#include "providers/authentik/operation_parts.hpp"
#include "providers/support/form.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/retry.hpp"

// What is more than writing an object: the shared outpost, passwords, tokens, blueprints.
namespace nmx::authentik {

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

}  // namespace nmx::authentik
