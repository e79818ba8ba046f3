#pragma once

#include "planner/provider.hpp"

namespace nmx::dns {

/// The row of the table: a DNS server of any kind, with `dns_record`.
ProviderType provider_type();

}  // namespace nmx::dns
