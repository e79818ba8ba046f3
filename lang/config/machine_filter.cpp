#include "lang/config/machine.hpp"

// `[for s in service : s if s.container == self]` stands in the definition of every container. Walking all services for
// each of them would take the product of both, so the services are sorted by their container once.
namespace nmx {
namespace {

const ast::Name* as_name(const ast::Expression& expression) { return std::get_if<ast::Name>(&expression.node); }

bool is_variable(const Frame& frame, std::string_view name) {
  for (const auto* one = frame.variables; one != nullptr; one = one->outer) {
    if (one->name == name) return true;
  }
  return false;
}

/// The attribute of `variable.attribute == self`; null pointer: the condition is another.
const ast::Identifier* attribute_beside_self(const ast::Expression& condition, std::string_view variable) {
  const auto* compared = std::get_if<ast::Binary>(&condition.node);
  if (compared == nullptr || compared->op != BinaryOperator::equal) return nullptr;
  for (const auto& [one, other] : {std::pair(compared->left.get(), compared->right.get()),
                                   std::pair(compared->right.get(), compared->left.get())}) {
    const auto* word = as_name(*other);
    const auto* member = std::get_if<ast::Member>(&one->node);
    const auto* object = member == nullptr || member->optional ? nullptr : as_name(*member->object);
    if (word != nullptr && word->name == "self" && object != nullptr && object->name == variable) return &member->name;
  }
  return nullptr;
}

}  // namespace

std::optional<List> Machine::filtered_by_self(const ast::Comprehension& node, const Frame& frame) {
  // Inside `try` nothing is remembered that went wrong.
  if (!node.condition || node.clauses.size() != 1 || quiet_ > 0 || frame.in_template) return std::nullopt;
  const auto& clause = node.clauses.front();
  const auto* source = as_name(*clause.source);
  if (source == nullptr || clause.variables.size() != 1 || frame.home->role != Node::Role::instance)
    return std::nullopt;
  const auto& variable = clause.variables.front().name;
  const auto* attribute_name = attribute_beside_self(*node.condition, variable);
  const auto* kind = configuration.kind(source->name);
  if (attribute_name == nullptr || kind == nullptr || kind->single || variable == "self" ||
      is_variable(frame, source->name) || is_variable(frame, "self"))
    return std::nullopt;

  auto& filter = filters_[{source->name, attribute_name->name}];
  // Who comes here again while it is computed goes the long way, which tells the cycle as it is.
  if (filter.slot.state == Slot::State::running) return std::nullopt;
  const auto sort_out = [&]() -> Value {
    filter.found.clear();
    for (const auto& [name, instance] : instances_of(source->name)) {
      const Instance seen{instance, kind->is_family};
      const auto value = attribute_seen(seen, attribute_name->name, attribute_name->span, Absent::is_error);
      if (value.is_poison() || value.is_hole() || value.secret) return Value{false};
      if (const auto* other = std::get_if<Instance>(&value.held)) filter.found[other->entity].push_back(Value{seen});
    }
    return Value{true};
  };
  const auto& sorted = once(filter.slot, node.condition->span, *frame.home, source->name, source->name, sort_out);
  if (sorted != Value{true}) return std::nullopt;
  const auto found = filter.found.find(frame.home);
  return found == filter.found.end() ? List{} : found->second;
}

}  // namespace nmx
