#include "providers/dns/settings.hpp"

#include <fmt/core.h>

#include "lang/value/functions/digest.hpp"
#include "providers/dns/cloudflare.hpp"
#include "providers/dns/name.hpp"
#include "providers/dns/powerdns.hpp"
#include "providers/dns/rewrites.hpp"
#include "providers/dns/rfc2136.hpp"
#include "providers/dns/unbound.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx::dns {
namespace {

using Tag = Type::Tag;
using Made = Result<std::unique_ptr<Backend>>;

Type text_type() { return Type::simple(Tag::string); }

Type key_type() {
  return Type::object_of({{"name", text_type(), false, {}}, {"secret", Type::secret_of(text_type()), false, {}}});
}

Type ssh_type() {
  return Type::object_of({{"host", text_type(), false, {}},
                          {"user", text_type(), true, {}},
                          {"port", Type::simple(Tag::port), true, {}},
                          {"identity", text_type(), true, {}},
                          {"host_key", text_type(), true, {}}});
}

/// What every kind of server reads from its block.
struct Block {
  Block(const Object& settings, std::filesystem::path site)
      : object(&settings), fields(settings), folder(std::move(site)) {
    for (const auto& zone : elements(settings.at_or_null("zones")))
      zones.push_back(zone_name(tolerant_text(zone).value_or("")));
    trust.ca_pem = fields.text_or("ca", "");
  }
  std::string text(std::string_view name) const { return fields.text_or(name, ""); }

  const Object* object;
  Fields fields;
  std::filesystem::path folder;
  std::vector<std::string> zones;
  TlsTrust trust;
};

Error missing(std::string_view name, std::string_view kind, std::string help) {
  return {fmt::format("`{}` is missing, which kind `{}` needs", name, kind), std::move(help)};
}

template <typename T>
Made made(Env& env, typename T::Settings settings) {
  return std::unique_ptr<Backend>(std::make_unique<T>(env, std::move(settings)));
}

Made make_rfc2136(const Block& block, Env& env) {
  Rfc2136::Settings settings;
  settings.server = block.text("server");
  settings.port = static_cast<std::uint16_t>(block.fields.integer_or("port", 53));
  settings.zones = block.zones;
  if (settings.server.empty()) return missing("server", "rfc2136", "write `server = \"192.168.50.53\"`");
  if (const auto& key = block.object->at_or_null("key"); !key.is_null()) {
    const Fields parts(key);
    auto secret = from_base64(parts.text_or("secret", ""));
    if (!secret || secret->empty())
      return Error{"`key.secret` is no base64", "it is the `secret` that `tsig-keygen -a hmac-sha256 nmx` prints"};
    settings.key = TsigKey{full_name(parts.text_or("name", "")), *std::move(secret)};
  }
  return made<Rfc2136>(env, std::move(settings));
}

Made make_unbound(const Block& block, Env& env) {
  Unbound::Settings settings;
  settings.zones = block.zones;
  settings.directory = block.fields.text_or("directory", settings.directory);
  settings.config = block.fields.text_or("config", settings.config);
  if (const auto& ssh = block.object->at_or_null("ssh"); !ssh.is_null()) {
    const Fields parts(ssh);
    SshHost host;
    host.address = parts.text_or("host", "");
    host.name = host.address;
    host.user = parts.text_or("user", host.user);
    host.port = static_cast<std::uint16_t>(parts.integer_or("port", 22));
    host.identity = identity_file(parts.text_or("identity", ""), block.folder);
    host.public_key = plain_public_key(parts.text_or("host_key", "")).value_or("");
    settings.ssh = std::move(host);
  }
  return made<Unbound>(env, std::move(settings));
}

Made make_by_http(std::string_view kind, const Block& block, Env& env) {
  const auto url = block.text("url");
  if (kind == "cloudflare") {
    if (block.text("token").empty()) return missing("token", kind, "make an API token with `Zone: DNS: Edit`");
    Cloudflare::Settings settings;
    if (!url.empty()) settings.url = url;
    settings.trust = block.trust;
    settings.token = block.text("token");
    settings.zones = block.zones;
    return made<Cloudflare>(env, std::move(settings));
  }
  if (url.empty()) return missing("url", kind, "write `url = \"https://dns.example.com\"`");
  if (kind == "powerdns") {
    if (block.text("api_key").empty()) return missing("api_key", kind, "it is `api-key` of pdns.conf");
    return made<PowerDns>(env, {url, block.trust, block.text("api_key"), block.zones});
  }
  if (block.text("password").empty()) return missing("password", kind, "write `password = env(\"DNS_PASSWORD\")`");
  if (kind == "pihole") return made<PiHole>(env, {url, block.trust, block.text("password"), block.zones});
  if (block.text("user").empty()) return missing("user", kind, "it is the one of its web page");
  return made<AdGuard>(env, {url, block.trust, block.text("user"), block.text("password"), block.zones});
}

}  // namespace

Interface settings_interface() {
  Interface interface;
  interface.type = "dns";
  interface.doc = "A DNS server.";
  const auto add = [&](std::string name, Type type, std::string doc) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    return interface.attributes.emplace_back(std::move(attribute));
  };
  const auto secret = Type::secret_of(text_type());
  add("kind", Type::enumeration_of({"unbound", "rfc2136", "powerdns", "cloudflare", "adguard", "pihole"}),
      "What kind of server.")
      .required = true;
  add("zones", Type::list_of(text_type()),
      "The zones that nmx may change, reverse zones included: `50.168.192.in-addr.arpa`. PowerDNS and Cloudflare tell "
      "them by themselves.");
  add("server", text_type(), "rfc2136: the name or address of the zones' primary server.");
  add("port", Type::simple(Tag::port), "rfc2136: its port; left out: 53.");
  add("key", key_type(), "rfc2136: the TSIG key (hmac-sha256) that signs, as `tsig-keygen` makes it.");
  add("ssh", ssh_type(), "unbound: the machine that it runs on; left out: this one.");
  add("directory", Type::simple(Tag::path), "unbound: where its zone files lie; left out: `/var/lib/unbound/zones`.");
  add("config", Type::simple(Tag::path), "unbound: its configuration; left out: `/etc/unbound/unbound.conf`.");
  add("url", Type::simple(Tag::url), "The API: `http://192.168.50.53:8081`. Cloudflare's is known.");
  add("ca", text_type(), "The CA certificate of `url` in PEM. Left out: the system's roots.");
  add("token", secret, "cloudflare: an API token.");
  add("api_key", secret, "powerdns: its API key.");
  add("user", text_type(), "adguard: who logs in.");
  add("password", secret, "adguard, pihole: the password.");
  return interface;
}

Made make_backend(const Object& settings, const std::filesystem::path& folder, Env& env) {
  const Block block(settings, folder);
  const auto kind = block.text("kind");
  if (block.zones.empty() && kind != "powerdns" && kind != "cloudflare")
    return missing("zones", kind, "name the zones that nmx may change: `zones = [\"example.com\"]`");
  if (kind == "rfc2136") return make_rfc2136(block, env);
  if (kind == "unbound") return make_unbound(block, env);
  return make_by_http(kind, block, env);
}

}  // namespace nmx::dns
