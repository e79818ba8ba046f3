#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/config/decode.hpp"

namespace nmx {
namespace {

/// Appends what the chain `a.b["c"].d` names; false where it is something else.
bool append(const ast::Expression& expression, Address::Steps& steps) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) {
    steps.push_back({name->name});
    return true;
  }
  if (const auto* member = std::get_if<ast::Member>(&expression.node)) {
    if (member->optional || !append(*member->object, steps)) return false;
    steps.push_back({member->name.name});
    return true;
  }
  const auto* index = std::get_if<ast::Index>(&expression.node);
  if (index == nullptr || !append(*index->object, steps)) return false;
  auto key = constant_text(*index->index);
  if (!key || steps.back().key) return false;
  // `domain["films.example.com"]` names the instance itself, `container.web["a"]` one that `for_each` made.
  std::size_t outer = 0;
  while (outer + 2 < steps.size() && steps[outer].name == "module") outer += 2;
  const bool names_instance = steps.size() == outer + 1 && steps[outer].name != "module";
  if (names_instance) {
    steps.push_back({std::move(*key)});
  } else {
    steps.back().key = std::move(*key);
  }
  return true;
}

}  // namespace

std::optional<Address> address_of(const ast::Expression& expression, Diagnostics& diagnostics) {
  Address::Steps steps;
  if (append(expression, steps) && steps.size() >= 2) return Address(std::move(steps));
  diagnostics.error(Code::wrong_type, expression.span, "expected an address")
      .with_help("for example `container.media` or `resource.value.x[\"key\"]`");
  return std::nullopt;
}

}  // namespace nmx
