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
  add("address", Type::simple(Tag::ip), "Where it is reached by ssh; without one its files are written and no more.");
  add("machine", Type::simple(Tag::any),
      "What it runs on: where this becomes another, the system is brought over anew.", {OnChange::live, true});
  add("checks", Type::list_of(text), "Shell commands that succeed on it when it is well; else it goes back.",
      {OnChange::live, true})
      .fallback = List{};
  add("modules", Type::list_of(Type::simple(Tag::any)),
      "NixOS options, one object a module; they are merged as NixOS merges.")
      .fallback = List{};
  add("contributors", Type::list_of(text), "What each of the modules comes from, for messages.").fallback = List{};
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
  given("system", text, "The system that it runs, as a store path.",
        {OnChange::live, false, false, {}, "Nix", false, true});
  return schema;
}

Object without(Object object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) object.erase(name);
  return object;
}

/// Building may take long, and whatever the host does takes its own time.
constexpr std::int64_t switch_timeout_ms = 4 * 3'600'000;

Operation switch_over(Operation operation, const Object& host) {
  Object needed;
  for (const auto* name : {"name", "address", "host_public_key", "checks", "system"}) {
    const auto& value = host.at_or_null(name);
    if (!value.is_null() && !std::holds_alternative<Hole>(value.held)) needed.set(name, value);
  }
  operation.arguments = Object{{"host", std::move(needed)}};
  operation.summary = fmt::format("switch {}", Fields(host).text_or("name", ""));
  operation.timeout_ms = switch_timeout_ms;
  return operation;
}

}  // namespace

Host::Host() : schema_(host_schema()) {}

Object Host::normalise(const Object& written, const Facts&) const {
  auto object = without_nulls(written);
  // What counts is what they come to; values that disagree are told when that is decided.
  if (const auto* modules = object.at_or_null("modules").list()) {
    if (auto settings = merge(*modules)) {
      object.erase("modules");
      object.erase("contributors");
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
  if (const auto* modules = deciding.wanted.at_or_null("modules").list())
    return merge(*modules, elements(deciding.wanted.at_or_null("contributors"))).error();
  const auto name = wanted.text_or("name", "");
  const bool deploys = Fields(deciding.facts).boolean_or("deploy", false);
  if (deploys && !wanted.at("address").is_null() && wanted.at("host_public_key").is_null()) {
    return Error{
        fmt::format("{}: nmx does not know its SSH host key, and trusts none on first use", name),
        "give its `host_public_key`, or leave out `address`: its files are then written, and it is not switched"};
  }
  List parts{deciding.wanted.at_or_null("settings")};
  if (const auto* secrets = wanted.at("secrets").object(); secrets && !secrets->empty())
    parts.emplace_back(secret_options(name, *secrets));
  const auto options = merge(parts);
  if (!options) return options.error();
  auto text = host_file(name, to_string(block_of(deciding.address)), *options);
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
  const auto step = [&](std::string verb, const Object& object) {
    Operation operation;
    operation.address = change.address;
    operation.type = change.type;
    operation.provider = change.provider;
    operation.verb = std::move(verb);
    operation.danger = change.danger;
    operation.conflicts = {"nixos_host:" + Fields(object).text_or("name", "")};
    return operation;
  };
  const auto of_files = [&](std::string verb, const Object& object) {
    auto operation = step(verb, object);
    operation.arguments = Object{{"wanted", without(object, {"system", "machine", "checks"})}};
    operation.summary = fmt::format("{} {}", verb, Fields(object).text_or("file", ""));
    return operation;
  };
  const auto becomes_another = [&](std::string_view attribute) {
    return !(change.before.at_or_null(attribute) == change.after.at_or_null(attribute));
  };
  std::vector<Operation> operations;
  if (change.action == Action::destroy || change.action == Action::replace)
    operations.push_back(of_files("remove", change.before));
  if (change.action != Action::destroy) {
    const bool is_new = change.action != Action::update;
    const bool switches =
        change.after.contains("system") && (is_new || becomes_another("system") || becomes_another("machine"));
    if (is_new || !switches || becomes_another("text") || becomes_another("sealed"))
      operations.push_back(of_files("write", change.after));
    if (switches) operations.push_back(switch_over(step("switch", change.after), change.after));
  }
  if (!operations.empty()) operations.back().completes = true;
  return operations;
}

}  // namespace nmx::nix
