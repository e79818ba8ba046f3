#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "stdlib/catalogue.hpp"

namespace nmx {
namespace {

std::string joined(const std::vector<std::string>& all, std::string_view between = ", ") {
  std::string text;
  for (const auto& one : all) text += (text.empty() ? "" : std::string(between)) + one;
  return text;
}

/// `2GiB` as people read it: `2 GiB`.
std::string spaced(const std::string& quantity) {
  const auto unit = quantity.find_first_not_of("0123456789._");
  return unit == std::string::npos || unit == 0 ? quantity : quantity.substr(0, unit) + " " + quantity.substr(unit);
}

std::string in_words(const std::string& mode) {
  if (mode == "oidc") return "OIDC";
  if (mode == "forward_auth") return "at the proxy";
  if (mode == "header") return "at the proxy, which tells it who";
  if (mode == "ldap") return "LDAP";
  return "accounts of its own";
}

std::string sign_on(const CatalogueService& service) {
  std::vector<std::string> words;
  for (const auto& mode : service.sign_on) words.push_back(in_words(mode));
  return joined(words, "; else ");
}

std::string ports(const CatalogueService& service) {
  std::vector<std::string> all;
  for (const auto& port : service.ports) {
    all.push_back(fmt::format("{} {}{}: {}", port.name, port.number, port.protocol == "udp" ? "/udp" : "", port.who));
  }
  return joined(all, "\n");
}

/// A row of a fact sheet; a list goes on below, an empty one says so.
std::string row(std::string_view name, const std::string& value) {
  std::string text = fmt::format("{:<10} ", name);
  if (value.empty()) return text + "none\n";
  for (const char letter : value) {
    text += letter;
    if (letter == '\n') text += std::string(11, ' ');
  }
  return text + "\n";
}

std::string inputs_text(const std::vector<CatalogueInput>& inputs) {
  std::string text;
  std::size_t width = 0;
  for (const auto& input : inputs) width = std::max(width, input.name.size());
  for (const auto& input : inputs) {
    text += fmt::format("  {:<{}}  {}\n", input.name, width, input.doc);
    const auto kind = input.type + (input.fallback.empty()     ? ", must be given"
                                    : input.fallback == "null" ? ""
                                                               : ", by default " + input.fallback);
    text += fmt::format("  {:<{}}  ({})\n", "", width, kind);
  }
  return text;
}

std::map<std::string, std::vector<const CatalogueService*>> by_category(const Catalogue& catalogue) {
  std::map<std::string, std::vector<const CatalogueService*>> all;
  for (const auto& service : catalogue.services) all[service.category].push_back(&service);
  return all;
}

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char letter : text) escaped += letter == '|' ? "\\|" : std::string(1, letter);
  return escaped;
}

std::string by_default(const CatalogueInput& input) {
  if (input.fallback.empty()) return "must be given";
  return input.fallback == "null" ? "" : "`" + cell(input.fallback) + "`";
}

}  // namespace

std::string catalogue_text(const Catalogue& catalogue) {
  std::string text;
  std::size_t width = 0;
  for (const auto& service : catalogue.services) width = std::max(width, service.type.size());
  for (const auto& [category, services] : by_category(catalogue)) {
    text += category + "\n";
    for (const auto* service : services) text += fmt::format("  {:<{}}  {}\n", service->type, width, service->doc);
    text += "\n";
  }
  text += "profiles\n";
  for (const auto& profile : catalogue.profiles)
    text += fmt::format("  {:<{}}  {}\n", profile.name, width, profile.doc);
  text += fmt::format(
      "\n{} services. `nmx catalog SERVICE` shows one; `service SERVICE {{}}` is all it takes to have it.\n",
      catalogue.services.size());
  return text;
}

std::string service_text(const Catalogue& catalogue, const CatalogueService& service) {
  std::string text = fmt::format("{} · {} · {}\n{}\n\n", service.type, service.category, service.homepage, service.doc);
  text += row("Needs", fmt::format("{} {}, {} memory, {} disk", service.cores, service.cores == "1" ? "core" : "cores",
                                   spaced(service.memory), spaced(service.disk)));
  text += row("Ports", ports(service));
  text += row("Sign-on", sign_on(service));
  if (!service.bypass.empty()) text += row("  open", joined(service.bypass));
  auto kept = service.state;
  kept.insert(kept.end(), service.databases.begin(), service.databases.end());
  text += row("Backup", joined(kept, "\n"));
  if (!service.cache.empty()) text += row("  without", joined(service.cache, "\n"));
  text += row("Health", joined(service.health));
  text += row("Metrics", joined(service.metrics));
  text += row("Units", joined(service.units));
  if (!service.devices.empty()) text += row("Devices", joined(service.devices));
  if (!service.provides.empty()) text += row("Provides", joined(service.provides));
  if (!service.verified) text += row("Unverified", "its NixOS options were not compared with NixOS 25.11");
  if (!service.inputs.empty()) text += "\nIts own inputs\n" + inputs_text(service.inputs);
  for (const auto& block : service.blocks)
    text += fmt::format("  {} \"{}\" {{ … }}  {}\n", block.name, block.type, block.doc);
  std::vector<std::string> names;
  for (const auto& input : catalogue.common) names.push_back(input.name);
  text += fmt::format("\nEvery service also takes\n  {}\n\n  service {} {{}}\n", joined(names), service.type);
  return text;
}

std::string catalogue_markdown(const Catalogue& catalogue) {
  std::string text =
      "# Services\n\nGenerated from `stdlib/`; `nmx catalog` shows the same. `service NAME {}` is all it takes to have "
      "one.\n";
  for (const auto& [category, services] : by_category(catalogue)) {
    text += fmt::format("\n## {}\n\n| service | what it is | sign-on |\n|---|---|---|\n", category);
    for (const auto* service : services) {
      text +=
          fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", service->type, cell(service->doc), cell(sign_on(*service)));
    }
  }
  text += "\n## Profiles\n\n| profile | what it is | services |\n|---|---|---|\n";
  for (const auto& profile : catalogue.profiles) {
    text += fmt::format("| {} | {} | {} |\n", profile.name, cell(profile.doc), joined(profile.services));
  }
  text += "\n## What every service takes\n\n| input | type | by default | |\n|---|---|---|---|\n";
  for (const auto& input : catalogue.common) {
    text +=
        fmt::format("| `{}` | `{}` | {} | {} |\n", input.name, cell(input.type), by_default(input), cell(input.doc));
  }
  return text;
}

std::string service_markdown(const CatalogueService& service) {
  std::string text =
      fmt::format("# {}\n\n{} [{}]({})\n\n```\nservice {} {{}}\n```\n\n", service.type, service.doc,
                  service.homepage.substr(service.homepage.find("//") + 2), service.homepage, service.type);
  if (!service.verified) text += "Its NixOS options were not compared with those of NixOS 25.11: **unverified**.\n\n";
  text += "| | |\n|---|---|\n";
  const auto fact = [&](std::string_view name, const std::string& value) {
    text += fmt::format("| {} | {} |\n", name, value.empty() ? "none" : cell(value));
  };
  const auto code = [](const std::vector<std::string>& all) {
    std::vector<std::string> marked;
    for (const auto& one : all) marked.push_back("`" + one + "`");
    return joined(marked);
  };
  fact("category", service.category);
  fact("needs", fmt::format("{} {}, {} memory, {} disk", service.cores, service.cores == "1" ? "core" : "cores",
                            spaced(service.memory), spaced(service.disk)));
  for (const auto& port : service.ports)
    fact(fmt::format("port {}", port.name), fmt::format("{}/{}, for {}", port.number, port.protocol, port.who));
  fact("sign-on", sign_on(service));
  if (!service.bypass.empty()) fact("open without sign-on", code(service.bypass));
  fact("backed up", code(service.state));
  if (!service.databases.empty()) fact("dumped before", code(service.databases));
  if (!service.cache.empty()) fact("left out of backups", code(service.cache));
  fact("health", joined(service.health));
  fact("metrics", joined(service.metrics));
  fact("units", code(service.units));
  if (!service.devices.empty()) fact("devices", code(service.devices));
  if (!service.provides.empty()) fact("provides", joined(service.provides));
  if (!service.inputs.empty()) {
    text += "\n| input | type | by default | |\n|---|---|---|---|\n";
    for (const auto& input : service.inputs) {
      text +=
          fmt::format("| `{}` | `{}` | {} | {} |\n", input.name, cell(input.type), by_default(input), cell(input.doc));
    }
  }
  for (const auto& block : service.blocks)
    text += fmt::format("\n`{} \"{}\" {{ … }}`: {}\n", block.name, block.type, block.doc);
  return text + "\n[What every service takes](README.md#what-every-service-takes)\n";
}

}  // namespace nmx
