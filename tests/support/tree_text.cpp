#include "tests/support/tree_text.hpp"

#include "lang/value/overloaded.hpp"
#include "lang/value/value_json.hpp"

namespace nmx::test {
namespace {

std::string of(const ast::ExpressionPtr& expression) { return expression ? tree_text(*expression) : "-"; }

std::string of(const ast::KeyPart& part) { return part.computed ? "$" + of(part.computed) : "'" + part.text + "'"; }

template <typename Parts>
std::string of_parts(const Parts& parts) {
  std::string text;
  for (const auto& part : parts) text += "." + of(part);
  return text;
}

std::string of(const ast::Comprehension& loop) {
  std::string text = "(for";
  for (const auto& clause : loop.clauses) {
    for (const auto& variable : clause.variables) text += " " + variable.name;
    text += " in " + of(clause.source);
  }
  return text + " : " + of(loop.key) + " " + of(loop.value) + " if " + of(loop.condition) + ")";
}

}  // namespace

std::string tree_text(const ast::Expression& expression) {
  return std::visit(Overloaded{
                        [](const ast::Literal& node) { return to_exact_json(node.value); },
                        [](const ast::Element&) { return std::string("@"); },
                        [](const ast::Name& node) { return node.name; },
                        [](const ast::Template& node) {
                          std::string text = "(text";
                          for (const auto& piece : node.pieces) text += " " + tree_text(piece);
                          return text + ")";
                        },
                        [](const ast::Member& node) {
                          return "(" + of(node.object) + (node.optional ? " ?. " : " . ") + node.name.name + ")";
                        },
                        [](const ast::Index& node) { return "(" + of(node.object) + " [] " + of(node.index) + ")"; },
                        [](const ast::Splat& node) { return "(" + of(node.object) + " [*] " + of(node.body) + ")"; },
                        [](const ast::Call& node) {
                          std::string text = "(call " + node.function.name;
                          for (const auto& one : node.arguments)
                            text += (one.spread ? " ..." : " ") + tree_text(one.value);
                          return text + ")";
                        },
                        [](const ast::Unary& node) {
                          return "(unary " + std::to_string(static_cast<int>(node.op)) + " " + of(node.operand) + ")";
                        },
                        [](const ast::Binary& node) {
                          return "(binary " + std::to_string(static_cast<int>(node.op)) + " " + of(node.left) + " " +
                                 of(node.right) + ")";
                        },
                        [](const ast::Conditional& node) {
                          return "(? " + of(node.condition) + " " + of(node.then) + " " + of(node.otherwise) + ")";
                        },
                        [](const ast::ListLiteral& node) {
                          std::string text = "[";
                          for (const auto& item : node.items)
                            text += (item.spread ? " ..." : " ") + tree_text(item.value) + " if " + of(item.condition);
                          return text + "]";
                        },
                        [](const ast::ObjectLiteral& node) {
                          std::string text = "{";
                          for (const auto& item : node.items)
                            text += " " + of_parts(item.key.parts) + (item.spread ? " ..." : " = ") +
                                    tree_text(item.value) + " if " + of(item.condition);
                          return text + "}";
                        },
                        [](const std::unique_ptr<ast::Comprehension>& loop) { return of(*loop); },
                    },
                    expression.node);
}

std::string tree_text(const ast::Body& body) {
  std::string text;
  for (const auto& one : body.attributes)
    text += of_parts(one.key.parts) + " = " + tree_text(one.value) + " if " + of(one.condition) + "\n";
  for (const auto& one : body.functions) {
    text += "function " + one.name.name;
    for (const auto& parameter : one.parameters) text += " " + parameter.name;
    text += " = " + tree_text(one.value) + "\n";
  }
  for (const auto& one : body.blocks) {
    text += one.type.name;
    for (const auto& label : one.labels) text += " " + of_parts(label.parts);
    text += " {\n" + tree_text(one.body) + "}\n";
  }
  return text;
}

}  // namespace nmx::test
