#pragma once

#include <string_view>

#include "lang/config/configuration.hpp"
#include "lang/diagnostics/diagnostic.hpp"

namespace nmx {

/// Attributes that mean the same in every block that makes something.
inline constexpr std::string_view reserved_attributes[] = {"when",      "for_each", "depends_on",
                                                           "lifecycle", "timeouts", "provider"};
bool is_reserved(std::string_view name);

/// Which blocks a file may hold: all, all but what only the root module says (`environment`, `state`), or `kind`.
enum class FileRole { root, module, definitions };

/// Sorts the blocks of a file into the module, and its kinds into the configuration.
void decode_file(const ast::File& file, FileRole role, ModuleDeclaration& module, Configuration& configuration,
                 Diagnostics& diagnostics);
/// A block that makes something. Labels are checked by `complete`, when kinds are known.
BlockDeclaration decode_block(const ast::Block& block, BlockRole role, Diagnostics& diagnostics);
void decode_kind(const ast::Block& block, Configuration& configuration, Diagnostics& diagnostics);

void decode_locals(const ast::Block& block, std::vector<LocalDeclaration>& locals, Diagnostics& diagnostics);
void decode_output(const ast::Block& block, std::vector<OutputDeclaration>& outputs, Diagnostics& diagnostics);
void decode_outputs(const ast::Block& block, std::vector<OutputDeclaration>& outputs, Diagnostics& diagnostics);
ConditionDeclaration decode_condition(const ast::Block& block, Diagnostics& diagnostics);
/// `resource`, `module`, `provider`: the role of a block of the language that makes something.
std::optional<BlockRole> made_by_language(std::string_view type);

/// When all files are read: puts families and members together, resolves types, checks names, labels and attributes of
/// every block against the kinds.
void complete(Configuration& configuration, Diagnostics& diagnostics);

/// `container.media`, `resource.value.x`, `module.lab.container.web["a"].lxc`; nothing: an error was told.
std::optional<Address> address_of(const ast::Expression& expression, Diagnostics& diagnostics);

}  // namespace nmx
