#pragma once

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx::nix {

/// NixOS modules written in the language, merged as NixOS merges: objects join, lists append, equal scalars agree.
/// Nulls are left out. `nix("lib.mkForce …")`, `lib.mkDefault` and `lib.mkOverride` decide as they do there.
/// `contributors` says what each module comes from, in the same order; it may be shorter.
/// Errors: values that disagree, with what they come from; a secret, an unknown value, bytes, a duration or an
/// instance, none of which Nix has.
Result<Object> merge(const List& modules, const List& contributors = {});

}  // namespace nmx::nix
