#include "tests/providers/contract/worlds.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "planner/runtime/curl_env.hpp"
#include "providers/providers.hpp"
#include "providers/support/openssh_key.hpp"
#include "tests/providers/caddy/caddy_world.hpp"
#include "tests/providers/contract/lab_world.hpp"
#include "tests/providers/contract/proxmox_world.hpp"
#include "tests/providers/dns/dns_world.hpp"
#include "tests/providers/proxmox/containers.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {
namespace {

/// The provider of what lives in state alone.
class InternalWorld : public World {
 public:
  explicit InternalWorld(std::string type) : type_(std::move(type)) {
    provider_ = *registry_.provider(registry_.provider_of(type_))->make(ProviderSettings{}, env_);
  }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *registry_.type(type_); }
  bool lose() override { return false; }
  bool tells_its_block() override { return false; }
  std::string log() override { return {}; }

 private:
  ReadyQueue queue_;
  ScriptedEnv env_{[](const HttpRequest&) { return refusal(500, "nobody is asked"); }};
  Registry registry_ = all_providers();
  std::string type_;
  std::unique_ptr<Provider> provider_;
};

/// A folder that stands for a site with its flake.
class FlakeWorld : public World {
 public:
  FlakeWorld() {
    std::string pattern = std::filesystem::temp_directory_path() / "nmx-contract-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    ProviderSettings settings;
    settings.folder = folder_;
    provider_ = *registry_.provider("nix")->make(settings, env_);
  }
  ~FlakeWorld() override { std::filesystem::remove_all(folder_); }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *registry_.type("nixos_host"); }
  bool lose() override {
    std::filesystem::remove_all(folder_ / "hosts");
    return true;
  }
  bool tells_its_block() override { return false; }
  std::string log() override {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  void drive(Task<Done> task) override { env_.drive(std::move(task)); }

 private:
  CurlEnv env_;
  Registry registry_ = all_providers();
  std::filesystem::path folder_;
  std::unique_ptr<Provider> provider_;
};

Object nixos_secret(Value value) {
  return Object{{"token", Object{{"value", std::move(value)}, {"owner", "grafana"}}}};
}

Object container() {
  auto object = small_container();
  object.set("node", "pve1");
  object.set("ssh_keys", List{openssh_ed25519(std::string(32, 'o'), "").public_line});
  return object;
}

std::vector<std::pair<std::string, Value>> container_changes() {
  const Object films{{"path", "/films"}, {"source", "/tank/films"}, {"read_only", true}};
  const Object data{{"path", "/data"}, {"storage", "tank"}, {"size", Bytes{gibibyte}}};
  auto grown = data;
  grown.set("size", Bytes{2 * gibibyte});
  auto moved = grown;
  moved.set("storage", "local-lvm");
  auto tuned = moved;
  tuned.set("options", List{"noatime", "discard"});
  auto tagged = network("eth0", "dhcp");
  tagged.erase("gateway");
  tagged.set("tag", 20);
  auto mtu = tagged;
  mtu.set("mtu", 1400);
  const Object second{{"name", "eth1"}, {"bridge", "vmbr1"}, {"ip6", "auto"}, {"mac", "bc:24:11:0a:0b:0c"}};
  return {{"hostname", "films"},
          {"cores", 4},
          {"cpu_limit", 1.5},
          {"cpu_units", 200},
          {"memory", Bytes{2 * gibibyte + 1}},
          {"swap", Bytes{0}},
          {"description", "two\nlines\n"},
          {"tags", List{"Web", "db", "db"}},
          {"onboot", true},
          {"startup", Object{{"order", 3}, {"up", Duration{30'000}}}},
          {"nameservers", List{"192.168.50.1", "1.1.1.1"}},
          {"search_domain", "lan example.com"},
          {"features", Object{{"nesting", true}, {"fuse", true}, {"mount", List{"nfs", "cifs"}}}},
          {"console", false},
          {"tty", 1},
          {"cmode", "console"},
          {"timezone", "Europe/Berlin"},
          {"ostype", "debian"},
          {"debug", true},
          {"entrypoint", "/sbin/init --log-level=debug"},
          {"hookscript", "local:snippets/hook.sh"},
          {"protection", true},
          {"protection", false},
          {"network", List{tagged}},
          {"network", List{mtu}},
          {"network", List{mtu, second}},
          {"network", List{second}},
          {"mounts", List{data}},
          {"mounts", List{films, data}},
          {"mounts", List{films, grown}},
          {"mounts", List{films, moved}},
          {"mounts", List{tuned}},
          {"devices", List{Object{{"path", "/dev/dri/card0"}, {"mode", "0660"}, {"gid", 44}}}},
          {"devices", List{}},
          {"disk", Object{{"storage", "local-lvm"}, {"size", Bytes{9 * gibibyte}}}},
          {"disk", Object{{"storage", "tank"}, {"size", Bytes{10 * gibibyte}}, {"acl", true}}},
          {"pool", "prod"},
          {"pool", ""},
          {"node", "pve2"},
          {"started", false},
          {"started", true},
          {"template", "local:vztmpl/newer.tar.xz"},
          {"description", ""},
          {"tags", List{}},
          {"features", Object{}},
          {"mounts", List{}}};
}

std::vector<Scenario> all() {
  const auto proxmox = [](std::string type) { return [type] { return std::make_unique<ProxmoxWorld>(type); }; };
  const auto internal = [](std::string type) { return [type] { return std::make_unique<InternalWorld>(type); }; };
  return {
      {"proxmox_container",
       proxmox("proxmox_container"),
       container(),
       container_changes(),
       {"unprivileged", false},
       {"password", "hunter2-canary"}},
      {"proxmox_template",
       proxmox("proxmox_template"),
       Object{{"url", "https://example.com/images/nixos image.tar.xz?x=1"}},
       {{"nodes", List{"pve1"}}, {"nodes", List{"pve2", "pve1"}}},
       {"file_name", "other.tar.xz"},
       {}},
      {"dns_record",
       [] { return std::make_unique<DnsWorld<PowerDnsDouble>>(powerdns_settings()); },
       Object{{"zone", "example.com"}, {"name", "app"}, {"type", "A"}, {"value", "192.168.50.7"}},
       {{"value", "192.168.50.8"}, {"ttl", Duration{60'000}}, {"ptr", false}, {"ptr", true}, {"value", "10.0.0.1"}},
       {"name", "web"},
       {}},
      {"proxy_site",
       [] { return std::make_unique<CaddyWorld>(); },
       Object{{"hosts", List{"App.example.com"}}, {"upstreams", List{"http://192.168.50.31:8222/"}}},
       {{"hosts", List{"app.example.com", "*.lab.example.com"}},
        {"upstreams", List{"https://192.168.50.31"}},
        {"tls", "internal"},
        {"forward_auth", Object{{"outpost", "http://192.168.50.5:9000"}}},
        {"bypass", List{"/api/*"}},
        {"request_headers", Object{{"X-From", "proxy"}, {"X-Drop", ""}}},
        {"response_headers", Object{{"Server", ""}}},
        {"health", Object{{"path", "/healthz"}}},
        {"tls", "acme"},
        {"acme", Object{{"ca", "https://ca.lan/dir"}, {"email", "a@example.com"}, {"root", "/etc/ca.pem"}}}},
       {"name", "other"},
       {}},
      {"value",
       internal("value"),
       Object{{"input", 7}},
       {{"input", List{1, 2}}, {"input", "text"}},
       {},
       {"input", "hunter2-canary"}},
      {"secret",
       internal("secret"),
       Object{},
       {{"length", 40}, {"characters", "01"}, {"kind", "uuid"}, {"kind", "age"}, {"generation", 3}},
       {},
       {"password", "hunter2-canary"}},
      {"nixos_host",
       [] { return std::make_unique<FlakeWorld>(); },
       Object{{"name", "media"},
              {"modules", List{Object{{"networking.hostName", "media"}}}},
              {"host_public_key", openssh_ed25519(std::string(32, 'h'), "").public_line}},
       {{"modules", List{Object{{"a", List{1, "two"}}}, Object{{"b", Object{{"c", Nix{"pkgs.jq"}}}}}}},
        {"secrets", nixos_secret("one")},
        {"secrets", nixos_secret("two")},
        {"operators", List{openssh_ed25519(std::string(32, 'o'), "").public_line}},
        {"host_public_key", openssh_ed25519(std::string(32, 'i'), "").public_line},
        {"secrets", Object{}},
        {"modules", List{}}},
       {"name", "films"},
       {}},
      {"address",
       internal("address"),
       Object{{"network", "10.0.0.0/24"}, {"pool", "10.0.0.20-10.0.0.30"}},
       {{"reserved", List{"10.0.0.1"}}, {"wanted", "10.0.0.25"}},
       {},
       {}},
      {"exposure",
       internal("exposure"),
       Object{{"url", "https://tv.example.com"}, {"to", "service sonarr"}, {"from", "private"}},
       {{"from", "anywhere"}, {"who", List{"family"}}, {"sign_on", "forward_auth"}, {"open", List{"/api/*"}}},
       {},
       {}},
      {"by_hand",
       internal("by_hand"),
       Object{{"value", "DNS: tv.example.com A 192.168.50.21"}},
       {{"value", "DNS: tv.example.com A 192.168.50.22"}},
       {},
       {}},
  };
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> made = [] {
    auto scenarios = all();
    for (auto& one : authentik_scenarios()) scenarios.push_back(std::move(one));
    return scenarios;
  }();
  return made;
}

const std::vector<Scenario>& lab_scenarios() {
  static const std::vector<Scenario> made = [] {
    std::vector<Scenario> kept;
    for (auto scenario : scenarios()) {
      if (scenario.type.rfind("proxmox_", 0) != 0) continue;
      scenario.world = [type = scenario.type] { return std::make_unique<LabWorld>(type); };
      kept.push_back(std::move(scenario));
    }
    return kept;
  }();
  return made;
}

}  // namespace nmx::test
