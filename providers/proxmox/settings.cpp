#include "providers/proxmox/settings.hpp"

#include <fmt/core.h>

#include "planner/runtime/shown_url.hpp"
#include "providers/support/fingerprint.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

constexpr std::string_view default_port = "8006";

Type login_type() {
  return Type::object_of({{"user", Type::simple(Type::Tag::string), false, {}},
                          {"password", Type::secret_of(Type::simple(Type::Tag::string)), false, {}}});
}

Result<std::string> read_endpoint(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  if (text.substr(0, scheme.size()) != scheme)
    return Error{fmt::format("endpoint `{}` does not begin with `https://`", shown_url(text)),
                 "write `https://host:8006`; Proxmox is never asked without TLS"};
  auto host = text.substr(scheme.size());
  host = host.substr(0, host.find('/'));
  if (host.empty()) return Error{fmt::format("endpoint `{}` names no host", shown_url(text))};
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? fmt::format("{}{}", scheme, host) : fmt::format("{}{}:{}", scheme, host, default_port);
}

Result<PasswordLogin> read_login(const Object& settings, std::string_view name) {
  const auto* block = settings.at_or_null(name).object();
  if (!block) return PasswordLogin{};
  const Fields fields(*block);
  PasswordLogin login{fields.text_or("user", ""), fields.text_or("password", "")};
  if (login.user.empty() || login.password.empty()) return Error{fmt::format("`{}` needs `user` and `password`", name)};
  if (login.user.find('@') == std::string::npos)
    return Error{fmt::format("`{}.user` is `{}`, which names no realm", name, login.user),
                 fmt::format("write `{}@pam`", login.user)};
  return login;
}

}  // namespace

Interface settings_interface() {
  const auto text = Type::simple(Type::Tag::string);
  Interface interface;
  interface.type = "proxmox";
  interface.doc = "A Proxmox VE cluster.";
  const auto add = [&](std::string name, Type type, std::string doc, bool required = false) {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    attribute.required = required;
    interface.attributes.push_back(std::move(attribute));
  };
  add("endpoint", Type::one_of({text, Type::list_of(text)}),
      "Where the API answers: `https://pve1.lan:8006`. A list of several nodes: the next one is asked when one is "
      "down.",
      true);
  add("token", Type::secret_of(text), "An API token: `user@realm!name=secret`.");
  add("user", text, "Instead of a token: `root@pam`.");
  add("password", Type::secret_of(text), "The password of `user`.");
  add("root", login_type(),
      "A `root@pam` login beside the token, used only for what Proxmox allows to no token: bind mounts, devices and "
      "features beyond nesting. The plan marks each operation that uses it.");
  add("ca", text, "The cluster's CA certificate in PEM, `file(\"pve-root-ca.pem\")`. Left out: the system's roots.");
  add("fingerprint", text, "The SHA-256 fingerprint of the node's certificate; then it alone decides.");
  return interface;
}

Result<Access> read_settings(const Object& settings) {
  Access access;
  const auto& endpoint = settings.at_or_null("endpoint");
  const List one{endpoint};
  for (const auto& entry : endpoint.is_list() ? elements(endpoint) : one) {
    const auto* text = entry.string();
    if (!text) return Error{"`endpoint` is missing", "write `endpoint = \"https://host:8006\"`"};
    auto read = read_endpoint(*text);
    if (!read) return read.error();
    access.endpoints.push_back(*std::move(read));
  }
  if (access.endpoints.empty()) return Error{"`endpoint` is empty"};

  const Fields fields(settings);
  access.token = fields.text_or("token", "");
  access.login = {fields.text_or("user", ""), fields.text_or("password", "")};
  if (!access.token.empty()) {
    if (access.login.given())
      return Error{"both `token` and `user` are given", "keep one; `root { … }` goes beside a token"};
    const auto bang = access.token.find('!');
    if (bang == std::string::npos || access.token.find('=', bang) == std::string::npos)
      return Error{"`token` does not look like `user@realm!name=secret`"};
  } else {
    if (!access.login.given()) return Error{"neither `token` nor `user` is given"};
    if (access.login.password.empty()) return Error{"`user` is given without `password`"};
    if (access.login.user.find('@') == std::string::npos)
      return Error{fmt::format("`user` is `{}`, which names no realm", access.login.user),
                   fmt::format("write `{}@pam`", access.login.user)};
  }
  auto root = read_login(settings, "root");
  if (!root) return root.error();
  access.root = *std::move(root);

  access.trust.ca_pem = fields.text_or("ca", "");
  if (!access.trust.ca_pem.empty() && access.trust.ca_pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    return Error{"`ca` is no certificate in PEM", "write `ca = file(\"pve-root-ca.pem\")`"};
  if (const auto fingerprint = fields.text("fingerprint")) {
    auto bytes = read_fingerprint(*fingerprint);
    if (!bytes) return bytes.error();
    access.trust.fingerprint = *std::move(bytes);
  }
  return access;
}

}  // namespace nmx::proxmox
