#include <fmt/core.h>
#include <gtest/gtest.h>

#include "providers/authentik/model.hpp"
#include "providers/authentik/object_type.hpp"
#include "providers/caddy/proxy_site.hpp"
#include "providers/dns/dns_record.hpp"
#include "providers/proxmox/template.hpp"
#include "tests/providers/proxmox/containers.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// What the providers refuse before anything is sent, each with all that a person reads of it: a file of this folder for
// each resource type. NMX_ACCEPT=1 writes them anew.
namespace nmx::test {
namespace {

/// Collects what one resource type says of objects.
class Refusals {
 public:
  explicit Refusals(const ResourceType& type) : type_(type) {}

  void created(std::string_view what, const Object& written, const Facts& facts) {
    Change change;
    change.action = Action::create;
    change.after = type_.normalise(written, facts);
    told(what, change, facts, written);
  }

  void told(std::string_view what, Change change, const Facts& facts, const Object& written) {
    change.provider = "the-server";
    ResourceConfiguration configuration;
    configuration.attributes = written;
    Diagnostics diagnostics;
    type_.check({change, facts, &configuration, Span{}}, diagnostics);
    text_ += fmt::format("{}# {}\n", text_.empty() ? "" : "\n", what);
    EXPECT_FALSE(diagnostics.empty()) << what;
    for (const auto& one : diagnostics.sorted()) {
      const auto* severity = one.severity == Severity::warning ? "warning" : "error";
      text_ += fmt::format("{}[{}]: {}\n", severity, to_string(one.code), one.message);
      for (const auto& note : one.notes) text_ += fmt::format("  = note: {}\n", note);
      if (!one.help.empty()) text_ += fmt::format("  = help: {}\n", one.help);
    }
  }

  void expect(std::string_view file) const { expect_file(source_folder() / "tests/providers/refusals" / file, text_); }

 private:
  const ResourceType& type_;
  std::string text_;
};

Object with(Object object, std::string name, Value value) {
  object.set(std::move(name), std::move(value));
  return object;
}

Object without(Object object, std::string_view name) {
  object.erase(name);
  return object;
}

TEST(Refusals, of_dns_records_are_told_as_their_golden_says) {
  const Object zone{{"taken", Object{{"A", ""}}}, {"alias", Object{{"CNAME", ""}}}};
  const Facts facts{{"kind", "rfc2136"},
                    {"owner", "home"},
                    {"types", List{"A", "AAAA", "CNAME", "MX", "TXT"}},
                    {"zones", Object{{"example.com", zone}, {"lan", Object{}}}}};
  const Object record{{"zone", "example.com"}, {"name", "app"}, {"type", "A"}, {"value", "192.0.2.1"}};
  const dns::DnsRecord type;
  Refusals refusals(type);
  refusals.created("value and values", with(record, "values", List{"192.0.2.2"}), facts);
  refusals.created("no value", without(record, "value"), facts);
  refusals.created("an address that is none", with(record, "value", "192.0.2"), facts);
  const auto alias = with(with(record, "type", "CNAME"), "value", "web.example.com.");
  refusals.created("an alias of two names",
                   with(without(alias, "value"), "values", List{"a.example.com.", "b.example.com."}), facts);
  refusals.created("an alias for the zone", with(alias, "name", "@"), facts);
  refusals.created("an alias beside an address", with(alias, "name", "taken"), facts);
  refusals.created("an address beside an alias", with(record, "name", "alias"), facts);
  refusals.created("a name that is there", with(record, "name", "taken"), facts);
  refusals.created("no zone that holds it", with(without(record, "zone"), "name", "app.example.org."), facts);
  refusals.created("no zone, of a server that is not there", without(record, "zone"), {});
  refusals.created("a zone of somebody else", with(record, "zone", "example.org"), facts);
  refusals.created("a type that is not kept", with(with(record, "type", "PTR"), "value", "app.example.com."), facts);
  refusals.created("a name of another zone", with(record, "name", "app.example.org."), facts);
  refusals.created("a name with a blank", with(record, "name", "my app"), facts);
  refusals.created("a ttl of a month", with(record, "ttl", Duration{30LL * 86'400'000}), facts);
  refusals.created("a short ttl at Cloudflare", with(record, "ttl", Duration{10'000}),
                   with(facts, "kind", "cloudflare"));
  refusals.expect("dns_record.txt");
}

TEST(Refusals, of_proxy_sites_are_told_as_their_golden_says) {
  const Facts facts{{"strangers", List{"old.example.com"}}, {"sites", Object{{"other", List{"shared.example.com"}}}}};
  const Object site{{"hosts", List{"app.example.com"}}, {"upstreams", List{"10.0.0.5:80"}}, {"tls", "internal"}};
  const caddy::ProxySite type;
  Refusals refusals(type);
  refusals.created("a host with a blank", with(site, "hosts", List{"my app.example.com"}), facts);
  refusals.created("a host of somebody else", with(site, "hosts", List{"old.example.com"}), facts);
  refusals.created("a host of another site", with(site, "hosts", List{"shared.example.com"}), facts);
  refusals.created("no upstream", with(site, "upstreams", List{}), facts);
  refusals.created("files without a certificate", with(site, "tls", "files"), facts);
  refusals.created("paths to spare without a sign-on", with(site, "bypass", List{"/api"}), facts);
  refusals.expect("proxy_site.txt");
}

Facts lacking(std::string_view privilege) {
  auto known = facts();
  known.set("permissions",
            Object{{"/", without(*known.find("permissions")->object()->find("/")->object(), privilege)}});
  return known;
}

TEST(Refusals, of_templates_are_told_as_their_golden_says) {
  const Object image{{"storage", "local"}, {"file", "/tmp/nmx-base.tar.xz"}, {"nodes", List{"pve1"}}};
  const auto fetched = with(without(image, "file"), "url", "https://example.com/nmx-base.tar.xz");
  const proxmox::Template type;
  Refusals refusals(type);
  refusals.created("neither a file nor an address", without(image, "file"), facts());
  refusals.created("a file and an address", with(image, "url", "https://example.com/a.tar.xz"), facts());
  refusals.created("a name of no archive", with(image, "file_name", "base.iso"), facts());
  refusals.created("an unknown node", with(image, "nodes", List{"pve9"}), facts());
  refusals.created("an unknown storage", with(image, "storage", "zfs"), facts());
  refusals.created("a storage for other things", with(image, "storage", "tank"), facts());
  refusals.created("no right to put it there", image, lacking("Datastore.AllocateTemplate"));
  refusals.created("no right to let the node download", fetched, lacking("Sys.Modify"));
  refusals.expect("proxmox_template.txt");
}

TEST(Refusals, of_sign_on_are_told_as_their_golden_says) {
  const Object application{{"name", "grafana"}};
  const auto logout = Object{{"url", "https://grafana.example.com/bye"}, {"use", "logout"}};
  const auto model = authentik::oauth2_provider_model();
  const authentik::ObjectType type(model);
  Refusals refusals(type);
  refusals.created("no way back", with(application, "redirect_uris", List{}), Facts{});
  refusals.created("a way back from logging out, of an old server", with(application, "redirect_uris", List{logout}),
                   Facts{{"release", "2025.10.1"}});
  refusals.expect("authentik_oauth2_provider.txt");
}

TEST(Refusals, of_containers_are_told_as_their_golden_says) {
  const auto known = with(facts(), "root", true);
  const auto plain = with(decided(small_container(), known), "node", "pve1");
  const proxmox::Container type;
  Refusals refusals(type);
  const auto created = [&](std::string_view what, std::string name, Value value, const Facts& of = facts()) {
    refusals.created(what, with(plain, std::move(name), std::move(value)), of);
  };
  created("a tag with a blank", "tags", List{"two words"}, known);
  created("a device outside of /dev", "devices", List{Object{{"path", "/etc/passwd"}}}, known);
  created("a mode of three digits", "devices", List{Object{{"path", "/dev/kvm"}, {"mode", "660"}}}, known);
  created("a mount over all", "mounts", List{Object{{"path", "/"}, {"source", "/tank"}}}, known);
  List many;
  for (int at = 0; at < 300; ++at) many.push_back(Object{{"path", fmt::format("/m{}", at)}, {"source", "/tank"}});
  created("too many mounts", "mounts", std::move(many), known);
  List interfaces;
  for (int at = 0; at < 40; ++at) interfaces.push_back(Object{{"name", fmt::format("eth{}", at)}, {"bridge", "vmbr0"}});
  created("too many interfaces", "network", std::move(interfaces), known);
  created("a volume without a storage", "mounts", List{Object{{"path", "/a"}, {"volume", "/not/a/volume"}}}, known);
  created("a number that somebody has", "vmid", 100);
  created("a storage for other things", "disk", Object{{"storage", "local"}, {"size", Bytes{gibibyte}}});
  created("a template that is no volume", "template", "nmx-base.tar.xz");
  created("a template that is not there", "template", "local:vztmpl/something-else.tar.zst");
  created("a privileged container without the right", "unprivileged", false, lacking("Sys.Modify"));
  created("a first boot without a key", "first_boot", true);
  created("an entry point before there was one", "entrypoint", "/bin/sh", with(facts(), "version", "9.0.1"));
  const auto before = made(plain);
  const auto after = with(before, "template", "local:vztmpl/other.tar.xz");
  refusals.told("another template for one that is made", update(before, after), facts(), after);
  auto gone = update(with(before, "protection", true), {});
  gone.action = Action::destroy;
  refusals.told("one that Proxmox protects", gone, facts(), {});
  refusals.expect("proxmox_container.txt");
}

}  // namespace
}  // namespace nmx::test
