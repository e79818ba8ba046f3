#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lang/config/address.hpp"
#include "lang/config/declarations.hpp"
#include "lang/diagnostics/source_map.hpp"
#include "lang/syntax/ast.hpp"

namespace nmx {

/// `environment dev { variables = { … } }`.
struct EnvironmentDeclaration {
  std::string name;
  bool is_default = false;
  std::vector<Setting> variables;
  Span block;
};

/// `-var` and `-var-file`: parsed; a text that is no expression is a plain string.
struct VariableOverride {
  std::string name;
  std::string text;
  std::optional<ast::Expression> expression;
  Span span;
};

/// `moved { from = …, to = … }`.
struct MovedDeclaration {
  Address from;
  Address to;
  Span block;
};
/// `removed { from = …, destroy = false }`.
struct RemovedDeclaration {
  Address from;
  bool destroy = true;
  Span block;
};
/// `import { to = …, id = … }`; the id is an expression of the root module (Evaluator::imports).
struct ImportDeclaration {
  Address to;
  const ast::Expression* id = nullptr;
  Span block;
};
/// `state { backend = …, … }`: read before everything else (Evaluator::state_settings).
struct StateDeclaration {
  std::vector<Setting> settings;
  Span block;
};

/// What the files of a site say, sorted by what it declares; nothing is evaluated. Owns the syntax that declarations
/// point into.
class Configuration {
 public:
  explicit Configuration(SourceMap& source_map) : sources(&source_map) {}

  /// Templates join it while they are evaluated; whose files these are, `directories` does not say.
  SourceMap* sources;
  std::deque<ast::File> files;
  std::deque<ast::Expression> expressions;
  /// The folder of each source text; empty for definitions that come with nmx.
  std::vector<std::filesystem::path> directories;
  /// The first is the root module.
  std::deque<ModuleDeclaration> modules;
  std::deque<KindDeclaration> kind_declarations;
  /// Definitions completed: `container`, `service` (the family alone), `service.jellyfin` (with its family).
  std::map<std::string, std::unique_ptr<Kind>, std::less<>> kinds;
  /// Every kind that could be used, also those of the library that no block uses.
  std::vector<std::string> known_kinds;

  std::vector<EnvironmentDeclaration> environments;
  /// The one chosen, or the default; `default` where no block declares one.
  std::string environment = "default";
  std::deque<VariableOverride> overrides;

  std::vector<MovedDeclaration> moved;
  std::vector<RemovedDeclaration> removed;
  std::vector<ImportDeclaration> imports;
  std::optional<StateDeclaration> state;

  const ModuleDeclaration& root() const { return modules.front(); }
  /// Null pointer: no such kind. A family's member is `service.jellyfin`.
  const Kind* kind(std::string_view name) const;
  /// The folder of the file in which the span lies.
  const std::filesystem::path& directory(SourceId source) const;
};

}  // namespace nmx
