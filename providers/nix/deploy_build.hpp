#pragma once

#include "providers/nix/deploy.hpp"

namespace nmx::nix {

/// Builds the host's system and brings it into the host's store; gives its path. Where `deployment.toplevel` is set,
/// the flake must still come to that.
Task<Result<std::string>> build_and_copy(Env* env, Workplaces* places, Deployment deployment, Progress progress);

}  // namespace nmx::nix
