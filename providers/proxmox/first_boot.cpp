#include "providers/proxmox/first_boot.hpp"

#include <fmt/core.h>

#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx::proxmox {
namespace {

constexpr std::string_view carrier = "nmx-host-key-v1:";

bool takes_host_key(const Object& container) { return Fields(container).boolean_or("first_boot", false); }

/// The key file is the user's or derived; it is made again wherever it is needed and stands in no plan and no state.
std::string private_key_file(const Object& container, std::string_view mark, std::string_view seed) {
  if (auto own = Fields(container).text("host_key")) return *std::move(own);
  return openssh_ed25519(hmac_sha256(seed, fmt::format("host key {}", mark)), mark).private_file;
}

bool is_ed25519(std::string_view public_key) { return public_key.rfind("ssh-ed25519 ", 0) == 0; }

}  // namespace

Result<std::string> host_public_key(const Object& container, std::string_view mark, std::string_view seed) {
  if (!takes_host_key(container)) return std::string();
  if (container.at_or_null("host_key").is_hole()) return std::string();
  auto line = openssh_public_line(private_key_file(container, mark, seed));
  if (!line) return Error{fmt::format("`host_key`: {}", line.error().message)};
  return line;
}

bool has_operator_key(const Object& container) {
  for (const auto& key : elements(container.at_or_null("ssh_keys"))) {
    const auto plain = plain_public_key(tolerant_text(key).value_or(""));
    if (plain && is_ed25519(*plain)) return true;
  }
  return false;
}

std::string authorized_keys(const Object& container, std::string_view mark, std::string_view seed) {
  bool carried = !takes_host_key(container);
  std::string lines;
  for (const auto& key : elements(container.at_or_null("ssh_keys"))) {
    auto line = tolerant_text(key).value_or("");
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.empty()) continue;
    const auto plain = plain_public_key(line);
    if (!carried && plain && is_ed25519(*plain)) {
      line = fmt::format("{} {}{}", *plain, carrier, base64(private_key_file(container, mark, seed)));
      carried = true;
    }
    lines += line + '\n';
  }
  return lines;
}

}  // namespace nmx::proxmox
