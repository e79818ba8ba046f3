#include "providers/authentik/directory.hpp"

#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

std::string id_text(const Value& id) { return tolerant_text(id).value_or(""); }

}  // namespace

void Directory::learn(Names names, std::string name, const Value& id) {
  if (name.empty() || id.is_null()) return;
  auto& known = names_[{names, id_text(id)}];
  if (!known.empty() && known != name) ids_.erase({names, known});  // it was renamed
  known = name;
  ids_[{names, std::move(name)}] = id;
}

void Directory::forget(Names names, const std::string& name) {
  const auto found = ids_.find({names, name});
  if (found == ids_.end()) return;
  names_.erase({names, id_text(found->second)});
  ids_.erase(found);
}

std::optional<Value> Directory::id(Names names, const std::string& name) const {
  const auto found = ids_.find({names, name});
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Directory::name(Names names, const Value& id) const {
  const auto found = names_.find({names, id_text(id)});
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

std::map<std::string, Value> Directory::all(Names names) const {
  std::map<std::string, Value> found;
  for (const auto& [key, id] : ids_) {
    if (key.first == names) found.emplace(key.second, id);
  }
  return found;
}

void Directory::learn_flow(const Value& json) {
  const Fields fields(json);
  learn(Names::flow, fields.text_or("slug", ""), fields.at("pk"));
}

void Directory::learn_certificate(const Value& json) {
  const Fields fields(json);
  learn(Names::certificate, fields.text_or("name", ""), fields.at("pk"));
}

void Directory::learn_object(const Model& model, const Value& json) {
  const Fields fields(json);
  switch (model.names) {
    case Names::mapping: learn(Names::mapping, mapping_name(json), fields.at("pk")); break;
    case Names::application: {
      const auto slug = fields.text_or("slug", "");
      learn(Names::application, slug, fields.at("pk"));
      learn(Names::target, slug, fields.at("pbm_uuid").is_null() ? fields.at("pk") : fields.at("pbm_uuid"));
      break;
    }
    case Names::user: learn(Names::user, fields.text_or("username", ""), fields.at("pk")); break;
    case Names::provider:
    case Names::group:
    case Names::policy: learn(model.names, fields.text_or("name", ""), fields.at("pk")); break;
    case Names::nothing:
    case Names::flow:
    case Names::certificate:
    case Names::target: break;
  }
  const auto beside = [&](Names names, const Value& other, const char* called) {
    learn(names, Fields(other).text_or(called, ""), Fields(other).at("pk"));
  };
  beside(Names::provider, fields.at("provider_obj"), "name");
  beside(Names::group, fields.at("group_obj"), "name");
  beside(Names::user, fields.at("user_obj"), "username");
  beside(Names::policy, fields.at("policy_obj"), "name");
  for (const auto& one : elements(fields.at("backchannel_providers_obj"))) beside(Names::provider, one, "name");
  for (const auto& one : elements(fields.at("providers_obj"))) beside(Names::provider, one, "name");
  for (const auto& one : elements(fields.at("users_obj"))) beside(Names::user, one, "username");
  for (const auto& one : elements(fields.at("groups_obj"))) beside(Names::group, one, "name");
  for (const auto& one : elements(fields.at("parents_obj"))) beside(Names::group, one, "name");
}

std::string mapping_name(const Value& json) {
  constexpr std::string_view theirs = "goauthentik.io/";
  constexpr std::string_view scope = "/scope-";
  const Fields fields(json);
  const auto managed = fields.text_or("managed", "");
  const auto at = managed.rfind(scope);
  if (managed.rfind(theirs, 0) == 0 && at != std::string::npos) return managed.substr(at + scope.size());
  return fields.text_or("name", "");
}

}  // namespace nmx::authentik
