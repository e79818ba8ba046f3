#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "lang/value/value_json.hpp"
#include "tests/stdlib/nix_options.hpp"
#include "tests/stdlib/whole_site.hpp"
#include "tests/support/paths.hpp"

namespace nmx::test {
namespace {

/// Options that the list leaves out, as the modules of the release declare them.
void add_left_out(NixOptions& options) {
  options.add("environment.etc.<name>.text", "null or strings concatenated with \"\\n\"");
  options.add("hardware.graphics.enable", "boolean");
  options.add("nixpkgs.config", "attribute set of anything");
  options.add("programs.ssh.knownHosts.<name>.hostNames", "list of string");
  options.add("programs.ssh.knownHosts.<name>.publicKey", "null or string");
  options.add("services.prometheus.scrapeConfigs.*.metrics_path", "null or string");
  options.add("services.prometheus.scrapeConfigs.*.relabel_configs", "null or (list of (submodule))");
  options.add("services.prometheus.scrapeConfigs.*.scrape_interval", "null or string");
  options.add("services.prometheus.scrapeConfigs.*.params", "null or (attribute set of (list of string))");
  options.add("services.prometheus.scrapeConfigs.*.scheme", "null or one of \"http\", \"https\"");
  options.add("services.resolved.enable", "boolean");
  options.add("time.timeZone", "null or string");
  options.add("users.groups.<name>.gid", "null or signed integer");
  for (const std::string one : {"lidarr", "prowlarr", "radarr", "sonarr"}) {
    const auto exporter = "services.prometheus.exporters.exportarr-" + one;
    options.add(exporter + ".enable", "boolean");
    options.add(exporter + ".port", "16 bit unsigned integer");
    options.add(exporter + ".url", "string");
    options.add(exporter + ".apiKeyFile", "null or absolute path");
  }
  options.add("services.pgadmin.enable", "boolean");
  options.add("services.pgadmin.port", "16 bit unsigned integer");
  options.add("services.pgadmin.initialEmail", "string");
  options.add("services.pgadmin.initialPasswordFile", "absolute path");
  options.add("services.pgadmin.settings", "attribute set of anything");
}

/// The options of the release that the catalogue is for; null pointer where the list of them is not at hand.
const NixOptions* options() {
  static NixOptions all;
  static const bool is_there = [] {
    add_left_out(all);
    return all.read(facts_folder() / "nix/options-25.11.json") && all.read(facts_folder() / "nix/authentik-nix.json");
  }();
  return is_there ? &all : nullptr;
}

/// The smallest block of a service that makes sense, and what it cannot be without.
std::string block_of(const std::string& type) {
  if (type == "tailscale") return "service tailscale { auth_key = \"x\" }\n";
  return fmt::format("service {} {{}}\n", type);
}
std::string alone(const std::string& type) { return block_of(type) + (type == "alloy" ? block_of("loki") : ""); }

std::string all_together() {
  std::string text =
      "group admins { admin = true }\n"
      "repository away { url = \"b2:bucket:path\", credentials = { B2_ACCOUNT_ID = \"x\" } }\n"
      "backup nightly {}\n";
  for (const auto& type : service_types()) text += block_of(type);
  return text;
}

/// What the modules of all containers of a site get wrong.
NixOptions::Findings findings(WholeSite& site) {
  NixOptions::Findings all;
  const auto hosts = site.value("[for c in container : c.modules]");
  for (const auto& modules : *hosts.list()) {
    for (const auto& module : *modules.list()) {
      auto found = options()->check(module);
      all.mistakes.insert(all.mistakes.end(), found.mistakes.begin(), found.mistakes.end());
      all.unknown.insert(all.unknown.end(), found.unknown.begin(), found.unknown.end());
    }
  }
  return all;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> all;
  for (const auto& one : *list.list()) all.push_back(one.is_string() ? *one.string() : display(one, 300));
  return all;
}

using Strings = std::vector<std::string>;

class Catalogue : public testing::TestWithParam<std::string> {};

TEST_P(Catalogue, works_alone_with_options_that_exist) {
  EXPECT_EQ(WholeSite(alone(GetParam()), Values::undecided).mistakes(), "");
  WholeSite site(alone(GetParam()));
  ASSERT_EQ(site.mistakes(), "");
  if (options() == nullptr) GTEST_SKIP() << "no list of NixOS options here";
  const auto found = findings(site);
  EXPECT_EQ(found.mistakes, Strings{});
  if (site.value(fmt::format("service.{}.verified", GetParam())) == Value{true}) {
    EXPECT_EQ(found.unknown, Strings{});
  } else {
    EXPECT_NE(found.unknown, Strings{}) << "its options were all compared: it is verified";
  }
}

/// The database server that a service can share; empty: none.
std::string shareable(const std::string& type) {
  const WholeSite site(alone(type));
  const auto& settings = site.configuration->kind("service." + type)->own->settings;
  const auto says = [&](std::string_view name) {
    return std::any_of(settings.begin(), settings.end(), [&](const Setting& one) { return one.name == name; });
  };
  return says("postgresql") ? "postgresql" : says("mysql") ? "mariadb" : "";
}

TEST(Databases, are_shared_where_that_is_possible) {
  int shared = 0;
  for (const auto& type : service_types()) {
    const auto server = shareable(type);
    if (server.empty()) continue;
    SCOPED_TRACE(type);
    WholeSite site(fmt::format("service {0} {{ database = service.{1} }}\nservice {1} {{}}\n", type, server));
    const auto mistakes = site.mistakes();
    if (mistakes.find("leave `database` out") != std::string::npos) continue;
    EXPECT_EQ(mistakes, "");
    EXPECT_EQ(display(site.value(fmt::format("length(service.{}.dumps)", type))), "0") << "the server dumps it";
    EXPECT_EQ(
        display(site.value(fmt::format("length([for d in service.{}.dumps : d if d.name == \"{}\"])", server, type))),
        "1");
    if (options() != nullptr) {
      EXPECT_EQ(findings(site).mistakes, Strings{});
    }
    ++shared;
  }
  EXPECT_GE(shared, 8);
}

class Profiles : public testing::TestWithParam<std::string> {};

TEST_P(Profiles, work_alone_and_beside_the_rest) {
  for (const std::string beside : {"", "service caddy {}\nservice unbound {}\nservice authentik {}\n"}) {
    const auto text = fmt::format("profile {} {{}}\n{}", GetParam(), beside);
    EXPECT_EQ(WholeSite(text, Values::undecided).mistakes(), "");
    WholeSite site(text);
    EXPECT_EQ(site.mistakes(), "");
    if (options() == nullptr) continue;
    EXPECT_EQ(findings(site).mistakes, Strings{});
  }
}

INSTANTIATE_TEST_SUITE_P(Stdlib, Profiles, testing::Values("developer", "home", "media", "monitoring", "office"),
                         [](const auto& test_case) { return test_case.param; });
INSTANTIATE_TEST_SUITE_P(Stdlib, Catalogue, testing::ValuesIn(service_types()), [](const auto& test_case) {
  auto name = test_case.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// One site with everything in the catalogue; evaluated once for all tests.
WholeSite& everything() {
  static WholeSite site(all_together());
  static const auto mistakes = site.mistakes();
  if (!mistakes.empty()) throw std::logic_error(mistakes);
  return site;
}

TEST(WholeCatalogue, is_at_least_what_was_promised) { EXPECT_GE(service_types().size(), 60u); }

TEST(WholeCatalogue, evaluates_together_before_anything_is_decided) {
  EXPECT_EQ(WholeSite(all_together(), Values::undecided).mistakes(), "");
}

TEST(WholeCatalogue, sets_options_that_exist_when_all_work_together) {
  if (options() == nullptr) GTEST_SKIP() << "no list of NixOS options here";
  ASSERT_EQ(everything().mistakes(), "");
  EXPECT_EQ(findings(everything()).mistakes, Strings{});
}

TEST(WholeCatalogue, says_of_everything_what_it_is) {
  EXPECT_EQ(texts(everything().value("[for s in service : s.type if s.homepage == null || s.category == \"other\"]")),
            Strings{});
  for (const auto& type : service_types()) {
    const auto* kind = everything().configuration->kind("service." + type);
    ASSERT_NE(kind, nullptr) << type;
    EXPECT_NE(kind->doc, "") << type;
    for (const auto* input : kind->shape.inputs) EXPECT_NE(input->doc, "") << type << "." << input->name;
  }
}

TEST(WholeCatalogue, keeps_or_leaves_out_on_purpose_what_each_service_writes) {
  const Strings without_state = {"alloy", "guacamole", "homepage", "it-tools", "searxng"};
  const auto silent = texts(
      everything().value("[for s in service : s.type if length(s.state) + length(s.cache) + length(s.dumps) == 0]"));
  for (const auto& type : silent) {
    EXPECT_NE(std::find(without_state.begin(), without_state.end(), type), without_state.end())
        << type << " says nothing of what it writes";
  }
}

TEST(WholeCatalogue, backs_up_every_state_path) {
  const auto missing = texts(everything().value(
      "[for s in service for path in s.state : \"${s.type}: ${path}\" if !contains(flatten([for m in host_module : "
      "[for name, b in m.config.services.restic.backups : b.paths] if m.host == s.container && "
      "can(m.config.services.restic.backups)]), path)]"));
  EXPECT_EQ(missing, Strings{});
}

TEST(WholeCatalogue, lets_only_the_proxy_and_programs_reach_pages) {
  const auto open = texts(
      everything().value("[for s in service : s.type if s.publish && contains(flatten([for o in opening : o.sources if "
                         "o.host == s.container && o.port == s.port.http.number]), \"0.0.0.0/0\")]"));
  EXPECT_EQ(open, Strings{});
  const auto unreachable = texts(
      everything().value("[for s in service : s.type if s.publish && !contains(flatten([for o in opening : o.sources "
                         "if o.host == s.container && o.port == s.port.http.number]), service.caddy.container.ip)]"));
  EXPECT_EQ(unreachable, Strings{});
}

TEST(WholeCatalogue, opens_ports_from_the_graph_alone) {
  const auto modules = to_exact_json(everything().value("[for c in container : c.modules]"));
  for (const auto* name :
       {"openFirewall", "allowedTCPPorts", "allowedUDPPorts", "openPeerPorts", "openRPCPort", "openDefaultPorts"}) {
    EXPECT_EQ(modules.find(fmt::format("\"{}\"", name)), std::string::npos) << name;
  }
}

TEST(WholeCatalogue, watches_every_container_and_unit) {
  const auto containers = everything().value("length(container)");
  EXPECT_EQ(everything().value("length([for s in scrape : s if s.job == \"node\"])"), containers);
  EXPECT_EQ(texts(everything().value("[for s in service : s.type if length(s.units) == 0]")), Strings{});
  EXPECT_EQ(texts(everything().value("[for s in service : s.type if s.publish && length(s.health) == 0]")), Strings{});
}

TEST(WholeCatalogue, delivers_no_secret_in_the_clear) {
  const auto modules = everything().value("[for c in container : c.modules]");
  EXPECT_FALSE(contains_secret(modules)) << "a secret stands in the modules of a host";
}

}  // namespace
}  // namespace nmx::test
