#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "lang/config/evaluate.hpp"
#include "planner/runtime/env.hpp"
#include "planner/store/store.hpp"

namespace nmx {

/// The settings that a `state` block takes.
Interface state_interface();

/// A mistake in a `state` block, and the setting that it is about; empty: the block.
struct StateMistake {
  std::string setting;
  Error error;
};

/// Where the key of a state comes from by its block, `NMX_STATE_KEY` and `NMX_STATE_PASSPHRASE`; runs `key_command`.
Task<Result<KeySource>> key_source(const Object& settings, std::filesystem::path folder, Env& env);

/// Everything that the settings of a block must agree on. Nothing: they do.
std::optional<StateMistake> state_mistake(const Object& settings);

/// Opens the store that these settings name, without a request to any server. `folder`: the site's `.nmx`.
Result<std::unique_ptr<Store>> open_store(const Object& settings, KeySource keys, const std::filesystem::path& folder,
                                          std::string environment, Env& env);

/// `local`, `http`, `postgres`, `s3`.
std::string backend_of(const Object& settings);

}  // namespace nmx
