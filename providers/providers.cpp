#include "providers/providers.hpp"

#include "providers/authentik/provider.hpp"
#include "providers/caddy/provider.hpp"
#include "providers/dns/provider.hpp"
#include "providers/nix/provider.hpp"
#include "providers/nmx/provider.hpp"
#include "providers/proxmox/provider.hpp"
#include "providers/secret/provider.hpp"

namespace nmx {

Registry all_providers(const std::map<std::string, std::string>* proposed_flake) {
  return Registry({
      caddy::provider_type(),
      dns::provider_type(),
      internal::provider_type(),
      proxmox::provider_type(),
      authentik::provider_type(),
      secret::provider_type(),
      nix::provider_type(proposed_flake),
  });
}

}  // namespace nmx
