#pragma once

#include <filesystem>
#include <memory>

#include "planner/provider.hpp"
#include "providers/dns/backend.hpp"

namespace nmx::dns {

/// The attributes of `provider dns`.
Interface settings_interface();
/// The server that a block of the site in `folder` describes. Errors: what is missing or malformed.
Result<std::unique_ptr<Backend>> make_backend(const Object& settings, const std::filesystem::path& folder, Env& env);

}  // namespace nmx::dns
