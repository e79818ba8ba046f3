#include <array>
#include <optional>

#include "lang/syntax/reader.hpp"

// Operators by rising strength: `|` (types only), `? :`, `??`, `||`, `&&`, `== !=`, `< <= > >=`, `+ -`, `* / %`, unary
// `! -`.
namespace nmx::syntax {
namespace {

struct Infix {
  Token token;
  BinaryOperator op;
  int strength;
};

constexpr std::array<Infix, 14> infixes{{
    {Token::coalesce, BinaryOperator::coalesce, 1},
    {Token::either, BinaryOperator::either, 2},
    {Token::both, BinaryOperator::both, 3},
    {Token::equal, BinaryOperator::equal, 4},
    {Token::unequal, BinaryOperator::unequal, 4},
    {Token::less, BinaryOperator::less, 5},
    {Token::less_equal, BinaryOperator::less_equal, 5},
    {Token::greater, BinaryOperator::greater, 5},
    {Token::greater_equal, BinaryOperator::greater_equal, 5},
    {Token::plus, BinaryOperator::add, 6},
    {Token::minus, BinaryOperator::subtract, 6},
    {Token::star, BinaryOperator::multiply, 7},
    {Token::slash, BinaryOperator::divide, 7},
    {Token::percent, BinaryOperator::modulo, 7},
}};

const Infix* infix(Token token) {
  for (const auto& one : infixes) {
    if (one.token == token) return &one;
  }
  return nullptr;
}

}  // namespace

/// Whether an operator comes next, also at the beginning of the next line.
bool Reader::operator_follows(Token kind) const { return words_.after_breaks().kind == kind; }

ast::Expression Reader::expression() {
  const Depth depth(*this);
  const auto begin = words_.after_breaks().begin;
  auto left = conditional();
  while (operator_follows(Token::pipe)) {
    words_.skip_breaks();
    const auto sign = words_.next();
    words_.skip_breaks();
    auto right = conditional();
    left =
        make(ast::Binary{BinaryOperator::alternative, words_.span(sign), own(std::move(left)), own(std::move(right))},
             words_.since(begin));
  }
  return left;
}

ast::Expression Reader::conditional() {
  const auto begin = words_.after_breaks().begin;
  auto condition = binary(1);
  if (!operator_follows(Token::question)) return condition;
  words_.skip_breaks();
  words_.next();
  words_.skip_breaks();
  const Depth depth(*this);
  auto then = conditional();
  words_.skip_breaks();
  if (!words_.at(Token::colon)) unexpected("`:` and the other value", "write `condition ? value : other value`");
  words_.next();
  words_.skip_breaks();
  auto otherwise = conditional();
  return make(ast::Conditional{own(std::move(condition)), own(std::move(then)), own(std::move(otherwise))},
              words_.since(begin));
}

ast::Expression Reader::binary(int weakest) {
  const auto begin = words_.after_breaks().begin;
  auto left = unary();
  for (;;) {
    const auto* found = infix(words_.after_breaks().kind);
    if (found == nullptr || found->strength < weakest) return left;
    words_.skip_breaks();
    const auto sign = words_.next();
    words_.skip_breaks();
    auto right = binary(found->strength + 1);
    left = make(ast::Binary{found->op, words_.span(sign), own(std::move(left)), own(std::move(right))},
                words_.since(begin));
  }
}

ast::Expression Reader::unary() {
  const auto begin = words_.peek().begin;
  std::optional<UnaryOperator> op;
  if (words_.at(Token::bang)) op = UnaryOperator::invert;
  if (words_.at(Token::minus)) op = UnaryOperator::negate;
  if (!op) return postfix();
  const Depth depth(*this);
  words_.next();
  auto operand = unary();
  return make(ast::Unary{*op, own(std::move(operand))}, words_.since(begin));
}

}  // namespace nmx::syntax
