#pragma once

#include <functional>
#include <string_view>

#include "lang/syntax/ast.hpp"

namespace nmx {

/// What a walk over syntax tells of.
struct Mentions {
  /// A bare word in an expression, or the name of a function that is called.
  std::function<void(std::string_view)> word;
  /// The first word and first label of a block: `service`, `jellyfin`.
  std::function<void(std::string_view type, std::string_view label)> block;
  /// A function is called.
  std::function<void(const ast::Identifier&)> call;
};

/// Walks everything below; what is not set in `mentions` is not told.
void walk(const ast::Body& body, const Mentions& mentions);
void walk(const ast::Expression& expression, const Mentions& mentions);

}  // namespace nmx
