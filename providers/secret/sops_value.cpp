#include "providers/secret/sops_value.hpp"

#include <fmt/core.h>

#include <vector>

#include "lang/diagnostics/suggest.hpp"
#include "planner/seal.hpp"
#include "providers/support/age_key.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/sops_file.hpp"

namespace nmx::secret {
namespace {

constexpr std::string_view age_mark = "AGE-SECRET-KEY-1";

Result<std::vector<std::string>> identities_in(std::string_view text) {
  std::vector<std::string> found;
  for (auto& line : split_list(text, " \t\r\n")) {
    if (line.starts_with(age_mark)) found.push_back(std::move(line));
  }
  if (!found.empty()) return found;
  auto key = age_key_of_ssh(text);
  if (!key)
    return Error{fmt::format("`identity` is no key that opens it: {}", key.error().message),
                 "`file(\"~/.config/sops/age/keys.txt\")`, or an ed25519 key of OpenSSH without a passphrase"};
  return std::vector<std::string>{std::move(key->identity)};
}

Result<Object> opened(std::string_view file, const std::vector<std::string>& identities) {
  auto opened = read_sops(file, identities.front());
  for (std::size_t i = 1; !opened && i < identities.size(); ++i) opened = read_sops(file, identities[i]);
  return opened;
}

}  // namespace

Result<std::string> sops_value(std::string_view file, std::string_view key, std::string_view identities) {
  auto usable = identities_in(identities);
  if (!usable) return usable.error();
  const auto content = opened(file, *usable);
  for (auto& identity : *usable) wipe(identity);
  if (!content)
    return Error{fmt::format("cannot read the SOPS file: {}", content.error().message), content.error().help};
  Value at(*content);
  for (const auto& step : split_list(key, ".")) {
    const auto* object = at.object();
    const auto* inner = object == nullptr ? nullptr : object->find(step);
    if (inner == nullptr) {
      std::vector<std::string> names;
      for (const auto& [name, value] : object == nullptr ? Object{} : *object) names.push_back(name);
      return Error{fmt::format("the SOPS file holds no `{}`", key), did_you_mean(step, names)};
    }
    at = Value(*inner);
  }
  auto text = tolerant_text(at);
  if (!text)
    return Error{fmt::format("`{}` of the SOPS file is no text", key), "name one value in it: `mail.password`"};
  return *std::move(text);
}

}  // namespace nmx::secret
