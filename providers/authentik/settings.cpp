#include "providers/authentik/settings.hpp"

#include <fmt/core.h>

#include "providers/support/fingerprint.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

constexpr std::string_view api = "/api/v3";

Result<std::string> read_url(std::string url) {
  const bool http = url.rfind("http://", 0) == 0;
  if (!http && url.rfind("https://", 0) != 0)
    return Error{fmt::format("`url` is `{}`, which begins with neither `https://` nor `http://`", url),
                 "write `url = \"https://auth.example.com\"`"};
  if (url.find_first_of("?#") != std::string::npos)
    return Error{fmt::format("`url` is `{}`; it takes no `?` and no `#`", url)};
  const auto host = url.find("//") + 2;
  if (host == url.size() || url[host] == '/' || url[host] == ':') return Error{"`url` names no host"};
  while (url.back() == '/') url.pop_back();
  const bool whole = url.size() >= api.size() && url.compare(url.size() - api.size(), api.size(), api) == 0;
  if (!whole) url += api;
  return url;
}

}  // namespace

Interface settings_interface() {
  const auto text = Type::simple(Type::Tag::string);
  Interface interface;
  interface.type = "authentik";
  interface.doc = "An Authentik server.";
  const auto add = [&](std::string name, Type type, std::string doc, bool required = false) {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    attribute.required = required;
    interface.attributes.push_back(std::move(attribute));
  };
  add("url", text,
      "Where the server answers: `https://auth.example.com`. By `http://` the token travels in the clear: only within "
      "a network of your own.",
      true);
  add("token", Type::secret_of(text), "The key of a token with the intent `API`; its user should be a superuser.",
      true);
  add("ca", text, "The certificate of the server's CA in PEM, `file(\"ca.pem\")`. Left out: the system's roots.");
  add("fingerprint", text, "The SHA-256 fingerprint of the server's certificate; then it alone decides.");
  return interface;
}

Result<Access> read_settings(const Object& settings) {
  const Fields fields(settings);
  Access access;
  auto base = read_url(fields.text_or("url", ""));
  if (!base) return base.error();
  access.base = *std::move(base);
  access.token = fields.text_or("token", "");
  if (access.token.empty()) return Error{"`token` is empty", "make one in Authentik: Directory > Tokens, intent `API`"};
  if (access.token.find_first_of(" \r\n\t") != std::string::npos)
    return Error{"`token` holds white space, which no token does"};
  access.trust.ca_pem = fields.text_or("ca", "");
  if (!access.trust.ca_pem.empty() && access.trust.ca_pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    return Error{"`ca` is no certificate in PEM", "write `ca = file(\"ca.pem\")`"};
  if (const auto fingerprint = fields.text("fingerprint")) {
    auto bytes = read_fingerprint(*fingerprint);
    if (!bytes) return bytes.error();
    access.trust.fingerprint = *std::move(bytes);
  }
  return access;
}

}  // namespace nmx::authentik
