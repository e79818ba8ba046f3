#include "providers/authentik/blueprint_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "lang/value/value_json.hpp"
#include "providers/authentik/model.hpp"
#include "providers/authentik/translate.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

using Form = Attribute::Form;

/// What an application, binding or outpost refers to stands before it.
constexpr auto in_order = {"authentik_group",         "authentik_user",           "authentik_expression_policy",
                           "authentik_scope_mapping", "authentik_proxy_provider", "authentik_oauth2_provider",
                           "authentik_ldap_provider", "authentik_application",    "authentik_policy_binding",
                           "authentik_outpost",       "authentik_brand"};

bool is_plain(std::string_view text) {
  static constexpr std::array<std::string_view, 9> words = {"true", "false", "yes", "no", "on",
                                                            "off",  "null",  "y",   "n"};
  std::string lower;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool inside = letter || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/';
    if (!inside || (lower.empty() && !letter)) return false;
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return !lower.empty() && std::find(words.begin(), words.end(), lower) == words.end();
}

std::string scalar(const Value& value) {
  if (const auto* text = value.string(); text && is_plain(*text)) return *text;
  auto json = to_json(value);
  return json ? *std::move(json) : "null";
}

/// Text of several lines as it reads, below its key.
std::string scalar_below(const Value& value, std::size_t depth) {
  const auto* text = value.string();
  const bool lines = text && text->find('\n') != std::string::npos && text->front() != ' ' && text->front() != '\n' &&
                     text->find('\t') == std::string::npos && text->find('\r') == std::string::npos &&
                     text->find("\n\n", text->size() - 2) == std::string::npos;
  if (!lines) return scalar(value);
  std::string block = text->back() == '\n' ? "|" : "|-";
  for (std::size_t at = 0; at < text->size();) {
    const auto end = std::min(text->find('\n', at), text->size());
    block += '\n';
    if (end > at) block.append(depth, ' ').append(*text, at, end - at);
    at = end + 1;
  }
  return block;
}

std::string variable(const std::string& name, std::string_view attribute) {
  std::string text;
  for (const char c : name + '_' + std::string(attribute)) {
    const bool fine = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : fine ? c : '_';
  }
  return text;
}

/// The model and field by which a blueprint finds what it does not hold itself.
std::pair<std::string_view, std::string_view> where(Names names) {
  switch (names) {
    case Names::flow: return {"authentik_flows.flow", "slug"};
    case Names::certificate: return {"authentik_crypto.certificatekeypair", "name"};
    case Names::mapping: return {"authentik_providers_oauth2.scopemapping", "name"};
    case Names::provider: return {"authentik_core.provider", "name"};
    case Names::group: return {"authentik_core.group", "name"};
    case Names::user: return {"authentik_core.user", "username"};
    case Names::application:
    case Names::target: return {"authentik_core.application", "slug"};
    case Names::policy: return {"authentik_policies.policy", "name"};
    case Names::nothing: break;
  }
  return {};
}

class Blueprint {
 public:
  explicit Blueprint(const std::vector<std::pair<std::string, Object>>& objects) {
    for (const auto* type : in_order) {
      std::vector<const Object*> own;
      for (const auto& [of, object] : objects) {
        if (of == type) own.push_back(&object);
      }
      if (std::string_view(type) == "authentik_group") own = parents_first(own);
      for (const auto* object : own) add(*find_model(type), *object);
    }
  }

  std::string take() const {
    std::string text =
        "# Written by `nmx export authentik-blueprint`. Import it under Customization > Blueprints, or place it in "
        "the\n"
        "# folder of blueprints.\n";
    if (left_out_) text += "# The embedded outpost is not in it: a blueprint would take from it what others added.\n";
    if (!variables_.empty()) text += "# The worker of Authentik needs these in its environment:\n";
    for (const auto& name : variables_) text += "#   " + name + '\n';
    text += "version: 1\nmetadata:\n  name: nmx\nentries:";
    return text + (entries_.empty() ? " []\n" : '\n' + entries_);
  }

 private:
  /// A group refers to its parents, so they come first; in a circle nothing would.
  static std::vector<const Object*> parents_first(std::vector<const Object*> groups) {
    std::vector<const Object*> sorted;
    std::map<std::string, bool> placed;
    for (const auto* group : groups) placed[Fields(*group).text_or("name", "")] = false;
    while (!groups.empty()) {
      const auto ready = std::find_if(groups.begin(), groups.end(), [&](const Object* group) {
        const auto& parents = elements(group->at_or_null("parents"));
        return std::all_of(parents.begin(), parents.end(), [&](const Value& parent) {
          const auto found = placed.find(tolerant_text(parent).value_or(""));
          return found == placed.end() || found->second;
        });
      });
      const auto next = ready == groups.end() ? groups.begin() : ready;
      placed[Fields(**next).text_or("name", "")] = true;
      sorted.push_back(*next);
      groups.erase(next);
    }
    return sorted;
  }

  void add(const Model& model, const Object& object) {
    const Fields fields(object);
    const auto name = fields.text_or(model.key.front(), "");
    if (model.type == "authentik_outpost" && name == embedded_outpost) {
      left_out_ = true;
      return;
    }
    entries_ += fmt::format("  - model: {}\n", model.blueprint);
    if (model.names != Names::nothing) {
      auto id = fmt::format("{}-{}", model.type.substr(model.type.find('_') + 1), name);
      std::replace_if(
          id.begin(), id.end(), [](char c) { return c == ' ' || c == '_'; }, '-');
      ids_[{model.names, name}] = id;
      entries_ += fmt::format("    id: {}\n", scalar(id));
    }
    entries_ += "    identifiers:\n";
    for (const auto& key : model.key) line(*model.find(key), object);
    auto before = std::exchange(entries_, {});
    for (const auto& attribute : model.attributes) {
      const bool is_key = std::find(model.key.begin(), model.key.end(), attribute.name()) != model.key.end();
      if (!is_key && attribute.form != Form::config) line(attribute, object, name);
    }
    if (model.type == "authentik_user" && !object.contains("name"))
      entries_ += fmt::format("      name: {}\n", scalar(name));
    if (model.type == "authentik_outpost") config(model, object);
    entries_ = before + (entries_.empty() ? "" : "    attrs:\n" + entries_);
  }

  /// One attribute; what is empty says nothing.
  void line(const Attribute& attribute, const Object& object, const std::string& of = {}) {
    const auto& value = object.at_or_null(attribute.name());
    const bool secret = attribute.interface.type.secret;
    const auto field = attribute.field.empty() ? attribute.name() : attribute.field;
    const bool empty = value.is_null() || (value.string() && value.string()->empty()) ||
                       (value.list() && value.list()->empty()) || (value.object() && value.object()->empty());
    if (empty || !attribute.interface.settable || (attribute.field.empty() && attribute.name() != "password")) return;
    if (secret) {
      variables_.push_back(variable(of, attribute.name()));
      entries_ += fmt::format("      {}: !Env {}\n", field, variables_.back());
    } else if (value.is_list() && attribute.names != Names::nothing) {
      entries_ += fmt::format("      {}:\n", field);
      for (const auto& name : elements(value))
        entries_ += fmt::format("        - {}\n", reference(attribute.names, tolerant_text(name).value_or("")));
    } else if (attribute.names != Names::nothing) {
      entries_ += fmt::format("      {}: {}\n", field, reference(attribute.names, *value.string()));
    } else {
      const auto plain = to_plain(attribute, value);
      if (plain.is_list()) {
        entries_ += fmt::format("      {}:\n", field);
        for (const auto& element : elements(plain)) entries_ += fmt::format("        - {}\n", scalar(element));
      } else {
        entries_ += fmt::format("      {}: {}\n", field, scalar_below(plain, 8));
      }
    }
  }

  static Value to_plain(const Attribute& attribute, const Value& value) {
    Model alone;
    alone.attributes = {attribute};
    const auto body = to_api(alone, Object{{attribute.name(), value}}, {attribute.name()}, {}, Release{9999, 12});
    return body ? body->at_or_null(attribute.field) : Value{};
  }

  void config(const Model& model, const Object& object) {
    std::string lines;
    for (const auto& attribute : model.attributes) {
      const auto text = tolerant_text(object.at_or_null(attribute.name())).value_or("");
      if (attribute.form == Form::config && !text.empty())
        lines += fmt::format("        {}: {}\n", attribute.field, scalar(text));
    }
    if (!lines.empty()) entries_ += "      config:\n" + lines;
  }

  std::string reference(Names names, const std::string& name) const {
    const auto held = ids_.find({names == Names::target ? Names::application : names, name});
    if (held != ids_.end()) return fmt::format("!KeyOf {}", scalar(held->second));
    auto [model, field] = where(names);
    static constexpr std::array<std::string_view, 5> brought = {"openid", "email", "profile", "offline_access",
                                                                "entitlements"};
    if (names == Names::mapping && std::find(brought.begin(), brought.end(), name) != brought.end())
      return fmt::format("!Find [{}, [managed, goauthentik.io/providers/oauth2/scope-{}]]", model, name);
    return fmt::format("!Find [{}, [{}, {}]]", model, field, scalar(name));
  }

  std::string entries_;
  std::map<std::pair<Names, std::string>, std::string> ids_;
  std::vector<std::string> variables_;
  bool left_out_ = false;
};

}  // namespace

std::string blueprint_text(const std::vector<std::pair<std::string, Object>>& objects) {
  return Blueprint(objects).take();
}

}  // namespace nmx::authentik
