#pragma once

#include <string>

#include "lang/syntax/ast.hpp"

namespace nmx::test {

/// The tree as text without its places: equal texts, equal trees.
std::string tree_text(const ast::Body& body);
std::string tree_text(const ast::Expression& expression);

}  // namespace nmx::test
