#include "providers/nix/host.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/nix/host_file.hpp"
#include "providers/nix/merge.hpp"
#include "providers/nix/secrets_file.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::nix {
namespace {

using Tag = Type::Tag;

Type secret_file_type() {
  const auto text = Type::simple(Tag::string);
  const auto units = Type::list_of(text);
  return Type::object_of({
      {"value", Type::secret_of(text), false, {}},
      {"owner", text, true, {}},
      {"group", text, true, {}},
      {"mode", text, true, {}},
      {"path", text, true, {}},
      {"restart", units, true, {}},
      {"reload", units, true, {}},
      {"needed_for_users", Type::simple(Tag::boolean), true, {}},
  });
}

Schema host_schema() {
  const auto text = Type::simple(Tag::string);
  Schema schema;
  schema.interface.type = "nixos_host";
  schema.interface.doc = "A NixOS machine of the site's flake.";
  schema.natural_key = {"name"};
  const auto add = [&](std::string name, Type type, std::string doc, AttributeRule rule = {}) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = name;
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    schema.rules.emplace(std::move(name), std::move(rule));
    return schema.interface.attributes.emplace_back(std::move(attribute));
  };
  add("name", Type::simple(Tag::hostname), "Its name in the flake: `nixosConfigurations.<name>`.", {OnChange::replace})
      .required = true;
  add("address", Type::simple(Tag::ip), "Where it is reached by ssh.");
  add("modules", Type::list_of(Type::simple(Tag::any)),
      "NixOS options, one object a module; they are merged as NixOS merges.")
      .fallback = List{};
  add("secrets", Type::map_of(secret_file_type()),
      "Secrets by name, each a file below /run/secrets of the machine; `restart` and `reload` name systemd units.")
      .fallback = Object{};
  add("operators", Type::list_of(text), "Keys that may read its secrets file too: ssh-ed25519 or age.").fallback =
      List{};
  add("host_public_key", text, "Its SSH host key, for which its secrets are encrypted.");
  const AttributeRule decided{OnChange::live, false, true, {}, "nmx"};
  auto derived = decided;
  derived.derived = true;
  const auto given = [&](std::string name, Type type, std::string doc, const AttributeRule& rule) {
    auto& attribute = add(std::move(name), std::move(type), std::move(doc), rule);
    attribute.computed = true;
    attribute.settable = false;
  };
  given("settings", Type::simple(Tag::any), "The options of all modules together.", decided);
  given("file", text, "Its file in the flake.", derived);
  given("text", text, "What stands in that file.", derived);
  given("sealed", text, "What stands in its secrets file, encrypted.", derived);
  return schema;
}

/// The user's block rather than what a definition calls the machine inside: `container.media`.
std::string source_of(const Address& address) {
  auto shown = address;
  if (shown.steps.size() > 2 && shown.steps.front().name != "resource") shown.steps.pop_back();
  return to_string(shown);
}

}  // namespace

Host::Host() : schema_(host_schema()) {}

Object Host::normalise(const Object& written, const Facts&) const {
  Object object;
  for (const auto& [name, value] : written) {
    if (!value.is_null()) object.set(name, value);
  }
  // What counts is what they come to; values that disagree are told when that is decided.
  if (const auto* modules = object.at_or_null("modules").list()) {
    if (auto settings = merge(*modules)) {
      object.erase("modules");
      object.set("settings", *std::move(settings));
    }
  }
  Object secrets;
  if (const auto* given = object.at_or_null("secrets").object()) {
    for (const auto& [name, secret] : *given) {
      Object kept;
      for (const auto& [field, value] : secret.object() ? *secret.object() : Object{}) {
        if (!value.is_null()) kept.set(field, field == "value" ? value.as_secret() : value);
      }
      secrets.set(name, std::move(kept));
    }
  }
  if (object.contains("secrets")) object.set("secrets", std::move(secrets));
  return object;
}

Result<Object> Host::decide(const Deciding& deciding) const {
  const Fields wanted(deciding.wanted);
  if (const auto* modules = deciding.wanted.at_or_null("modules").list()) return merge(*modules).error();
  const auto name = wanted.text_or("name", "");
  List parts{deciding.wanted.at_or_null("settings")};
  if (const auto* secrets = wanted.at("secrets").object(); secrets && !secrets->empty())
    parts.emplace_back(secret_options(name, *secrets));
  const auto options = merge(parts);
  if (!options) return options.error();
  auto text = host_file(name, source_of(deciding.address), *options);
  if (!text) return Error{fmt::format("{}: {}", name, text.error().message), text.error().help};
  Object decided{{"file", host_path(name)}, {"text", *std::move(text)}};
  // What only apply knows is encrypted there.
  if (contains_hole(wanted.at("secrets")) || contains_hole(wanted.at("host_public_key"))) return decided;
  auto sealed = secrets_file(deciding.wanted, Fields(deciding.facts).text_or("seed", ""));
  if (!sealed) return sealed.error();
  decided.set("sealed", *std::move(sealed));
  return decided;
}

Result<std::vector<Operation>> Host::operations(const Change& change, const Facts&) const {
  const auto step = [&](std::string verb, std::string_view summary, const Object& object) {
    Operation operation;
    operation.address = change.address;
    operation.type = change.type;
    operation.provider = change.provider;
    operation.verb = std::move(verb);
    operation.danger = change.danger;
    operation.arguments = Object{{"wanted", object}};
    operation.conflicts = {"nixos_host:" + Fields(object).text_or("name", "")};
    operation.summary = fmt::format("{} {}", summary, Fields(object).text_or("file", ""));
    return operation;
  };
  std::vector<Operation> operations;
  if (change.action == Action::destroy || change.action == Action::replace)
    operations.push_back(step("remove", "remove", change.before));
  if (change.action != Action::destroy) operations.push_back(step("write", "write", change.after));
  if (!operations.empty()) operations.back().completes = true;
  return operations;
}

}  // namespace nmx::nix
