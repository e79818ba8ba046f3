#include "providers/providers.hpp"

#include "providers/authentik/provider.hpp"
#include "providers/nmx/provider.hpp"
#include "providers/proxmox/provider.hpp"

namespace nmx {

Registry all_providers() {
  return Registry({
      internal::provider_type(),
      proxmox::provider_type(),
      authentik::provider_type(),
  });
}

}  // namespace nmx
