#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/config/decode.hpp"

namespace nmx {
namespace {

/// Appends what the chain `a.b["c"].d` names; false where it is something else.
bool append(const ast::Expression& expression, Address& address) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) {
    address.steps.push_back({name->name});
    return true;
  }
  if (const auto* member = std::get_if<ast::Member>(&expression.node)) {
    if (member->optional || !append(*member->object, address)) return false;
    address.steps.push_back({member->name.name});
    return true;
  }
  const auto* index = std::get_if<ast::Index>(&expression.node);
  if (index == nullptr || !append(*index->object, address)) return false;
  auto key = constant_text(*index->index);
  if (!key || address.steps.back().key) return false;
  // `domain["films.example.com"]` names the instance itself, `container.web["a"]` one that `for_each` made.
  std::size_t outer = 0;
  while (outer + 2 < address.steps.size() && address.steps[outer].name == "module") outer += 2;
  const bool names_instance = address.steps.size() == outer + 1 && address.steps[outer].name != "module";
  if (names_instance) {
    address.steps.push_back({std::move(*key)});
  } else {
    address.steps.back().key = std::move(*key);
  }
  return true;
}

}  // namespace

std::optional<Address> address_of(const ast::Expression& expression, Diagnostics& diagnostics) {
  Address address;
  if (append(expression, address) && address.steps.size() >= 2) return address;
  diagnostics.error(Code::wrong_type, expression.span, "expected an address")
      .with_help("for example `container.media` or `resource.value.x[\"key\"]`");
  return std::nullopt;
}

}  // namespace nmx
