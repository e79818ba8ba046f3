#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lang/diagnostics/span.hpp"
#include "lang/value/operators.hpp"
#include "lang/value/value.hpp"

namespace nmx::ast {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Identifier {
  std::string name;
  Span span;
};

/// null, a boolean, a number with or without a unit, a string without `${…}`.
struct Literal {
  Value value;
};
/// A string with `${…}`: literal pieces and expressions in turn.
struct Template {
  std::vector<Expression> pieces;
};
/// A bare word: a kind, `self`, `input`, `each`, a loop's variable, a member of an enum.
struct Name {
  std::string name;
};
/// `object.name` and `object?.name`.
struct Member {
  ExpressionPtr object;
  Identifier name;
  bool optional = false;
};
/// `object[index]`.
struct Index {
  ExpressionPtr object;
  ExpressionPtr index;
};
/// `object[*]` and what follows it: `body` is evaluated for each element, which it names by `Element`.
struct Splat {
  ExpressionPtr object;
  ExpressionPtr body;
};
/// The element that the nearest enclosing splat is at.
struct Element {};
struct Argument;
struct Call {
  Identifier function;
  std::vector<Argument> arguments;
};
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};
struct Binary {
  BinaryOperator op;
  Span op_span;
  ExpressionPtr left;
  ExpressionPtr right;
};
struct Conditional {
  ExpressionPtr condition;
  ExpressionPtr then;
  ExpressionPtr otherwise;
};
struct ListItem;
struct ListLiteral {
  std::vector<ListItem> items;
};
struct ObjectItem;
struct ObjectLiteral {
  std::vector<ObjectItem> items;
};
/// `[for v in list for w in v.more : value if condition]`, and with `key =>` in braces.
struct Comprehension {
  struct Clause {
    std::vector<Identifier> variables;  // one, or key (index) and value
    ExpressionPtr source;
  };
  std::vector<Clause> clauses;
  ExpressionPtr key;  // null: a list is made
  ExpressionPtr value;
  ExpressionPtr condition;  // null: everything is taken
};

struct Expression {
  Span span;
  std::variant<Literal, Template, Name, Member, Index, Splat, Element, Call, Unary, Binary, Conditional, ListLiteral,
               ObjectLiteral, std::unique_ptr<Comprehension>>
      node;
};

struct Argument {
  Expression value;
  bool spread = false;
};
/// `value`, `...value`, `value if condition`.
struct ListItem {
  Expression value;
  bool spread = false;
  ExpressionPtr condition;
};

/// One step of a key: a name, a quoted text, or a quoted text with `${…}` (then `computed` is set and `text` is empty).
struct KeyPart {
  std::string text;
  ExpressionPtr computed;
  Span span;
};
/// `a.b."c.d"`.
struct Key {
  std::vector<KeyPart> parts;
  Span span;
};
/// `key = value if condition`.
struct Attribute {
  Key key;
  Expression value;
  ExpressionPtr condition;
  Span span;
};
/// An item of an object: an attribute, or `...value` (then the key has no parts).
struct ObjectItem {
  Key key;
  Expression value;
  bool spread = false;
  ExpressionPtr condition;
  Span span;
};

struct Block;
struct FunctionDeclaration;
/// What stands between braces, or in a file.
struct Body {
  std::vector<Attribute> attributes;
  std::vector<Block> blocks;
  std::vector<FunctionDeclaration> functions;
  Span span;
};
/// `service.jellyfin`, `media`, `"films.example.com"`, `"${input.host}"`; a label with dots outside quotes has several
/// parts.
struct Label {
  std::vector<KeyPart> parts;
  Span span;
};
/// `type label label { … }`.
struct Block {
  Identifier type;
  std::vector<Label> labels;
  Body body;
  /// From the type to the last label: what messages underline.
  Span header;
  Span span;
};
/// `function subnet(n) = cidrsubnet(local.base, 8, n)`.
struct FunctionDeclaration {
  Identifier name;
  std::vector<Identifier> parameters;
  Expression value;
  Span span;
};

struct File {
  SourceId source;
  Body body;
};

}  // namespace nmx::ast
