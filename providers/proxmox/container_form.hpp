#pragma once

#include <string>

#include "lang/value/value.hpp"
#include "providers/proxmox/guest_config.hpp"
#include "providers/support/form.hpp"

namespace nmx::proxmox {

/// The parameters that make a container: everything in one request, its start too.
Form creation_form(const Object& wanted, std::string_view mark, std::string_view seed);

/// The parameters of `PUT config` for the `set` and `delete` of a `configure` operation. `now`: where a volume that was
/// moved has its name from.
Form update_form(const Object& arguments, const Options& now);
/// Whether `update_form` needs to know the present configuration.
bool needs_present_configuration(const Object& arguments);

}  // namespace nmx::proxmox
