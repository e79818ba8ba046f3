#include "providers/nix/secrets_file.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/support/age_key.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/sops_file.hpp"

namespace nmx::nix {
namespace {

Error refused(std::string message, std::string help) { return {std::move(message), std::move(help)}; }

Result<std::vector<std::string>> recipients_of(const Object& host) {
  const Fields fields(host);
  const auto name = fields.text_or("name", "");
  const auto host_key = fields.text_or("host_public_key", "");
  if (host_key.empty())
    return refused(fmt::format("`{}` has secrets, and no host key that they could be encrypted for", name),
                   "set `host_public_key`; for a container: `first_boot = true` and its `host_public_key`");
  std::vector<std::string> recipients;
  const auto add = [&](std::string_view attribute, const std::string& key) -> Status {
    auto recipient = age_recipient(key);
    if (!recipient)
      return refused(fmt::format("`{}` of `{}`: {}", attribute, name, recipient.error().message),
                     recipient.error().help);
    if (std::find(recipients.begin(), recipients.end(), *recipient) == recipients.end())
      recipients.push_back(*recipient);
    return Done{};
  };
  if (auto added = add("host_public_key", host_key); !added) return added.error();
  for (const auto& key : elements(fields.at("operators"))) {
    if (auto added = add("operators", tolerant_text(key).value_or("")); !added) return added.error();
  }
  return recipients;
}

}  // namespace

Result<std::string> secrets_file(const Object& host, std::string_view seed) {
  const auto* secrets = host.at_or_null("secrets").object();
  if (secrets == nullptr || secrets->empty()) return std::string();
  Object texts;
  for (const auto& [name, secret] : *secrets) {
    // Nix and sops-nix read flat keys only, and the file's own part is called `sops`.
    if (name == "sops" || name.find('/') != std::string::npos)
      return refused(fmt::format("a secret of a host cannot be called `{}`", name), "give it another name");
    texts.set(name, Fields(secret).text_or("value", ""));
  }
  const auto recipients = recipients_of(host);
  if (!recipients) return recipients.error();
  return write_sops(texts, *recipients, seed);
}

}  // namespace nmx::nix
