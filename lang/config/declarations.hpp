#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lang/syntax/ast.hpp"
#include "lang/value/type.hpp"

namespace nmx {

/// An attribute of a body under its first name: `a = 1`, or all of `a.b = 1`, `a.c = 2` together.
struct Setting {
  std::string name;
  std::vector<const ast::Attribute*> parts;

  /// The whole attribute is one `a = …`.
  bool is_plain() const { return parts.size() == 1 && parts.front()->key.parts.size() == 1; }
  Span name_span() const { return parts.front()->key.parts.front().span; }
  Span value_span() const { return parts.front()->value.span; }
};

/// `lifecycle { … }`.
struct LifecycleDeclaration {
  bool protect = false;
  bool create_before_destroy = false;
  std::vector<std::string> ignore_changes;
  std::vector<const ast::Expression*> replace_when;
};
/// `timeouts { … }`.
struct TimeoutsDeclaration {
  const ast::Expression* create = nullptr;
  const ast::Expression* update = nullptr;
  const ast::Expression* destroy = nullptr;
};

enum class BlockRole { resource, instance, module, provider, nested };

struct ModuleDeclaration;

/// A block that makes something: a resource, an instance of a kind, a module, a provider, or a block nested in one.
struct BlockDeclaration {
  BlockRole role = BlockRole::nested;
  const ast::Block* block = nullptr;
  /// The resource's type, the kind, the provider, the nested block's own word.
  std::string type;
  /// `jellyfin` of `service jellyfin films {}`.
  std::string member;
  /// The last label; null pointer where there is none. Written in quotes it is the whole name, else it is put behind
  /// the maker's.
  const ast::KeyPart* label = nullptr;
  bool quoted = false;
  const ast::Expression* when = nullptr;
  const ast::Expression* for_each = nullptr;
  const ast::Expression* depends_on = nullptr;
  const ast::Expression* provider = nullptr;
  std::optional<LifecycleDeclaration> lifecycle;
  std::optional<TimeoutsDeclaration> timeouts;
  std::vector<Setting> settings;
  std::vector<BlockDeclaration> nested;
  /// What a `module` block calls.
  const ModuleDeclaration* module = nullptr;

  const Setting* find(std::string_view name) const;
  Span header() const { return block->header; }
  /// `container media`, as messages and plans name it.
  std::string title() const;
  /// The name as far as it is known without evaluation.
  std::string_view static_name() const;
  bool has_computed_label() const { return label != nullptr && label->computed != nullptr; }
};

/// A condition that must hold, with what to say where it does not: `validate`, `warn` and `check`.
struct ConditionDeclaration {
  std::string name;
  /// `warn`: where it does not hold a warning is told, and all goes on.
  bool warns = false;
  const ast::Expression* condition = nullptr;
  const ast::Expression* message = nullptr;
  const ast::Expression* help = nullptr;
  Span block;
};

struct OutputDeclaration {
  std::string name;
  const ast::Expression* value = nullptr;
  std::string doc;
  Span name_span;
  Span block;
};

struct LocalDeclaration {
  std::string name;
  Setting setting;
};

struct VariableDeclaration {
  std::string name;
  std::optional<Type> type;
  const ast::Expression* type_expression = nullptr;
  const ast::Expression* fallback = nullptr;
  std::string doc;
  std::vector<ConditionDeclaration> validations;
  Span name_span;
  Span block;
};

/// Names to positions.
using Positions = std::unordered_map<std::string_view, std::size_t>;

/// What stands in a module and in a definition alike.
struct Contents {
  std::vector<LocalDeclaration> locals;
  std::vector<const BlockDeclaration*> blocks;
  std::vector<OutputDeclaration> outputs;
  std::vector<ConditionDeclaration> conditions;
  std::vector<const ast::FunctionDeclaration*> functions;

  Positions local_at;
  Positions output_at;
  Positions function_at;
  /// Positions in `blocks` by what a reference names: type (or kind) and static name.
  std::unordered_map<std::string_view, Positions> named;
  /// Positions of blocks by role and type, in the order of the text.
  std::unordered_map<std::string_view, std::vector<std::size_t>> of_kind;
  std::vector<std::size_t> resources, modules, providers, instances;

  /// Fills the indexes; call when nothing is added any more.
  void index();
};

struct ModuleDeclaration {
  std::string folder;
  std::vector<VariableDeclaration> variables;
  Positions variable_at;
  std::vector<BlockDeclaration> owned_blocks;
  Contents contents;
};

/// `input cores { … }`.
struct InputDeclaration {
  std::string name;
  Type type;
  const ast::Expression* type_expression = nullptr;
  const ast::Expression* fallback = nullptr;
  const ast::Expression* min = nullptr;
  const ast::Expression* max = nullptr;
  std::string doc;
  std::string deprecated;
  bool fixed = false;
  Span name_span;
  Span block;
};

/// `block mount path { input … }`.
struct BlockInterface {
  std::string name;
  /// What its label is called; empty: it has none and stands at most once.
  std::string label;
  std::string doc;
  std::vector<InputDeclaration> inputs;
  std::vector<BlockInterface> blocks;
  Span name_span;
  Span block;
};

/// The inputs and blocks that a block of a kind, or one nested in it, takes.
struct Shape {
  std::vector<const InputDeclaration*> inputs;
  std::vector<const BlockInterface*> blocks;
  Positions input_at;
  Positions block_at;
  /// What the label is called, for a nested block.
  std::string label;

  void index();
};

/// One `kind` block as it was written.
struct KindDeclaration {
  std::string family;
  std::string member;  // empty: a kind by itself, or the family's own block
  std::string doc;
  std::vector<InputDeclaration> inputs;
  std::vector<BlockInterface> blocks;
  std::vector<Setting> settings;       // the values that a member gives the family's inputs
  std::vector<BlockDeclaration> made;  // blocks that are no part of the language: nested ones of its own, or instances
  std::vector<BlockDeclaration> owned_blocks;
  std::vector<LocalDeclaration> locals;
  std::vector<OutputDeclaration> outputs;
  std::vector<ConditionDeclaration> validations;
  std::vector<const ast::FunctionDeclaration*> functions;
  std::vector<ast::Identifier> unique;
  bool single = false;
  const ast::Block* block = nullptr;

  std::string full_name() const { return member.empty() ? family : family + "." + member; }
};

/// A definition completed: the family's part and the member's together.
struct Kind {
  std::string name;    // `service`
  std::string member;  // `jellyfin`, or empty
  bool is_family = false;
  bool single = false;
  std::string doc;
  const KindDeclaration* family = nullptr;
  const KindDeclaration* own = nullptr;  // the member's; the same as `family` for a kind by itself
  Shape shape;
  /// Shapes of the nested blocks, at any depth.
  std::unordered_map<const BlockInterface*, Shape> nested;
  /// Values that the definition gives inputs of the shape, and its nested blocks by default.
  std::vector<const Setting*> settings;
  std::vector<const BlockDeclaration*> given;
  Contents contents;
  std::vector<ast::Identifier> unique;
};

}  // namespace nmx
