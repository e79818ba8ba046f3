#pragma once

#include <string>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/config/inputs.hpp"

namespace nmx {

/// Everything that was read from outside the configuration, by name: `env PROXMOX_TOKEN`, `file keys.pub`.
std::vector<std::string> names_of(const SystemInputs& inputs);

/// Over the texts of a configuration, its environment and variables, and the inputs of these names, the values of which
/// are hidden by `derive` (an HMAC). Two configurations that mean the same to a plan have the same digest.
std::string configuration_digest(const Configuration& configuration, SystemInputs& inputs,
                                 const std::vector<std::string>& names,
                                 const std::function<std::string(std::string_view)>& derive);

}  // namespace nmx
