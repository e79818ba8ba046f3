#include "lang/config/mentions.hpp"

#include "lang/value/overloaded.hpp"

namespace nmx {
namespace {

void walk(const ast::ExpressionPtr& expression, const Mentions& mentions) {
  if (expression) walk(*expression, mentions);
}

void walk_key(const ast::Key& key, const Mentions& mentions) {
  for (const auto& part : key.parts) walk(part.computed, mentions);
}

void walk_call(const ast::Call& call, const Mentions& mentions) {
  if (mentions.word) mentions.word(call.function.name);
  if (mentions.call) mentions.call(call.function);
  for (const auto& argument : call.arguments) walk(argument.value, mentions);
}

void walk_comprehension(const ast::Comprehension& loop, const Mentions& mentions) {
  for (const auto& clause : loop.clauses) walk(clause.source, mentions);
  walk(loop.key, mentions);
  walk(loop.value, mentions);
  walk(loop.condition, mentions);
}

}  // namespace

void walk(const ast::Expression& expression, const Mentions& mentions) {
  std::visit(Overloaded{
                 [](const ast::Literal&) {},
                 [](const ast::Element&) {},
                 [&](const ast::Template& text) {
                   for (const auto& piece : text.pieces) walk(piece, mentions);
                 },
                 [&](const ast::Name& name) {
                   if (mentions.word) mentions.word(name.name);
                 },
                 [&](const ast::Member& member) { walk(member.object, mentions); },
                 [&](const ast::Index& index) {
                   walk(index.object, mentions);
                   walk(index.index, mentions);
                 },
                 [&](const ast::Splat& splat) {
                   walk(splat.object, mentions);
                   walk(splat.body, mentions);
                 },
                 [&](const ast::Call& call) { walk_call(call, mentions); },
                 [&](const ast::Unary& unary) { walk(unary.operand, mentions); },
                 [&](const ast::Binary& binary) {
                   walk(binary.left, mentions);
                   walk(binary.right, mentions);
                 },
                 [&](const ast::Conditional& conditional) {
                   walk(conditional.condition, mentions);
                   walk(conditional.then, mentions);
                   walk(conditional.otherwise, mentions);
                 },
                 [&](const ast::ListLiteral& list) {
                   for (const auto& item : list.items) {
                     walk(item.value, mentions);
                     walk(item.condition, mentions);
                   }
                 },
                 [&](const ast::ObjectLiteral& object) {
                   for (const auto& item : object.items) {
                     walk_key(item.key, mentions);
                     walk(item.value, mentions);
                     walk(item.condition, mentions);
                   }
                 },
                 [&](const std::unique_ptr<ast::Comprehension>& loop) { walk_comprehension(*loop, mentions); },
             },
             expression.node);
}

void walk(const ast::Body& body, const Mentions& mentions) {
  for (const auto& attribute : body.attributes) {
    walk_key(attribute.key, mentions);
    walk(attribute.value, mentions);
    walk(attribute.condition, mentions);
  }
  for (const auto& function : body.functions) walk(function.value, mentions);
  for (const auto& block : body.blocks) {
    if (mentions.block) {
      const bool has_label = !block.labels.empty() && !block.labels.front().parts.front().computed;
      mentions.block(block.type.name, has_label ? std::string_view(block.labels.front().parts.front().text) : "");
    }
    for (const auto& label : block.labels) {
      for (const auto& part : label.parts) walk(part.computed, mentions);
    }
    walk(block.body, mentions);
  }
}

}  // namespace nmx
