#pragma once

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx::nix {

/// NixOS modules written in the language, merged as NixOS merges: objects join, lists append, equal scalars agree.
/// Nulls are left out. `nix("lib.mkForce …")`, `lib.mkDefault` and `lib.mkOverride` decide as they do there.
/// Errors: values that disagree (both places are among the labels); a secret, an unknown value, bytes, a duration or an
/// instance, none of which Nix has.
Result<Object> merge(const List& modules);

}  // namespace nmx::nix
