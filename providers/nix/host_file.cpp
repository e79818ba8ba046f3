#include "providers/nix/host_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "providers/nix/code.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::nix {
namespace {

/// Whether a name occurs in Nix code as a word of its own: `pkgs` in `pkgs.jq`.
bool mentions(std::string_view text, std::string_view name) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || (!is_part(text[at - 1]) && text[at - 1] != '.');
    const auto end = at + name.size();
    if (begins && (end == text.size() || !is_part(text[end]))) return true;
  }
  return false;
}

bool uses(const Value& value, std::string_view name) {
  if (const auto* nix = std::get_if<Nix>(&value.held)) return mentions(nix->text, name);
  if (const auto* list = value.list())
    return std::any_of(list->begin(), list->end(), [&](const Value& element) { return uses(element, name); });
  if (const auto* object = value.object())
    return std::any_of(object->begin(), object->end(), [&](const auto& entry) { return uses(entry.second, name); });
  return false;
}

/// `{ lib, pkgs, ... }`: the arguments that the options use.
std::string arguments(const Object& settings) {
  constexpr std::array<std::string_view, 3> offered = {"config", "lib", "pkgs"};
  std::string text;
  for (const auto name : offered) {
    if (uses(Value(settings), name)) text += fmt::format("{}, ", name);
  }
  return fmt::format("{{ {}... }}", text);
}

}  // namespace

std::string host_path(std::string_view name) { return fmt::format("hosts/{}.nix", name); }
std::string secrets_path(std::string_view name) { return fmt::format("secrets/{}.json", name); }

std::string local_path(std::string_view name) { return fmt::format("hosts/{}.local.nix", name); }

Object secret_options(std::string_view host, const Object& secrets) {
  Object files;
  for (const auto& [name, secret] : secrets) {
    const Fields fields(secret);
    Object options;
    const auto text = [&](std::string_view from, std::string_view to) {
      if (auto value = fields.text(from); value && !value->empty()) options.set(std::string(to), *std::move(value));
    };
    const auto list = [&](std::string_view from, std::string_view to) {
      if (const auto& value = fields.at(from); !elements(value).empty()) options.set(std::string(to), value);
    };
    text("owner", "owner");
    text("group", "group");
    text("mode", "mode");
    text("path", "path");
    list("restart", "restartUnits");
    list("reload", "reloadUnits");
    if (fields.boolean_or("needed_for_users", false)) options.set("neededForUsers", true);
    files.set(name, std::move(options));
  }
  return Object{{"sops", Object{{"defaultSopsFile", Nix{"../" + secrets_path(host)}},
                                {"defaultSopsFormat", "json"},
                                {"secrets", std::move(files)}}}};
}

Result<std::string> host_file(std::string_view name, std::string_view source, const Object& settings) {
  const auto body = module_body(settings);
  if (!body) return body.error();
  return fmt::format(
      "{}{}, and written anew whenever that changes.\n"
      "# What you add by hand goes into {}.local.nix beside it.\n"
      "{}:\n\n{{\n{}}}\n",
      first_words, source, name, arguments(settings), *body);
}

}  // namespace nmx::nix
