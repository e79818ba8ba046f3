#include <fmt/core.h>

#include "lang/syntax/reader.hpp"

// What stands between operators: names, literals, lists, objects, calls, and what follows them.
namespace nmx::syntax {

ast::Expression Reader::postfix() { return postfix_of(primary()); }

ast::Expression Reader::postfix_of(ast::Expression object) {
  const auto begin = object.span.begin;
  for (;;) {
    const auto kind = words_.after_breaks().kind;
    // A line may begin with `.name`, but not with `[`, which would be the next thing.
    const bool here = words_.kind() == kind;
    if (kind == Token::dot || kind == Token::question_dot) {
      words_.skip_breaks();
      words_.next();
      auto name = identifier("a name behind `.`");
      object =
          make(ast::Member{own(std::move(object)), std::move(name), kind == Token::question_dot}, words_.since(begin));
    } else if (kind == Token::bracket_open && here) {
      words_.next();
      auto index = index_or_star();
      if (!index) return splat(std::move(object), begin);
      object = make(ast::Index{own(std::move(object)), own(*std::move(index))}, words_.since(begin));
    } else {
      return object;
    }
  }
}

std::optional<ast::Expression> Reader::index_or_star() {
  const TokenStream::Breaks within(words_, false);
  if (words_.at(Token::star) && words_.second().kind == Token::bracket_close) {
    words_.next();
    words_.next();
    return std::nullopt;
  }
  auto index = expression();
  expect(Token::bracket_close, "behind the index");
  return index;
}

ast::Expression Reader::splat(ast::Expression object, std::uint32_t begin) {
  const Depth depth(*this);
  const auto element = words_.since(begin);
  auto body = postfix_of(make(ast::Element{}, element));
  return make(ast::Splat{own(std::move(object)), own(std::move(body))}, words_.since(begin));
}

ast::Expression Reader::primary() {
  const auto word = words_.peek();
  switch (word.kind) {
    case Token::number: return number();
    case Token::quote: return string();
    case Token::text_quote: return text();
    case Token::paren_open: return parenthesised();
    case Token::bracket_open: return bracketed();
    case Token::brace_open: return braced();
    case Token::name: break;
    case Token::ellipsis: unexpected("an expression", "`...` spreads a list or object inside `[ ]`, `{ }` or a call");
    case Token::assign: unexpected("an expression", "to compare, write `==`");
    case Token::newline:
    case Token::end:
    case Token::text:
    case Token::interpolation_open:
    case Token::interpolation_close:
    case Token::brace_close:
    case Token::bracket_close:
    case Token::paren_close:
    case Token::comma:
    case Token::dot:
    case Token::question_dot:
    case Token::arrow:
    case Token::question:
    case Token::colon:
    case Token::coalesce:
    case Token::either:
    case Token::both:
    case Token::equal:
    case Token::unequal:
    case Token::less_equal:
    case Token::greater_equal:
    case Token::less:
    case Token::greater:
    case Token::plus:
    case Token::minus:
    case Token::star:
    case Token::slash:
    case Token::percent:
    case Token::bang:
    case Token::pipe: unexpected("an expression");
  }
  words_.next();
  const auto name = words_.text(word);
  const auto span = words_.span(word);
  if (words_.at(Token::paren_open)) return call(word);
  if (name == "null") return make(ast::Literal{Value{}}, span);
  if (name == "true") return make(ast::Literal{Value{true}}, span);
  if (name == "false") return make(ast::Literal{Value{false}}, span);
  return make(ast::Name{std::string(name)}, span);
}

ast::Expression Reader::parenthesised() {
  const auto open = words_.next();
  const TokenStream::Breaks within(words_, false);
  auto inner = expression();
  expect(Token::paren_close, "to close the parenthesis");
  inner.span = words_.since(open.begin);
  return inner;
}

ast::Expression Reader::call(const Lexeme& name) {
  words_.next();
  const TokenStream::Breaks within(words_, false);
  ast::Call call{{std::string(words_.text(name)), words_.span(name)}, {}};
  while (!words_.at(Token::paren_close)) {
    const bool spread = words_.take(Token::ellipsis);
    call.arguments.push_back({expression(), spread});
    if (!words_.take(Token::comma)) break;
  }
  if (!words_.at(Token::paren_close)) unexpected(fmt::format("`,` or `)` in the call of `{}`", call.function.name));
  words_.next();
  return make(std::move(call), words_.since(name.begin));
}

ast::ListItem Reader::list_item() {
  const bool spread = words_.take(Token::ellipsis);
  auto value = expression();
  return {std::move(value), spread, condition_behind()};
}

ast::Expression Reader::bracketed() {
  const auto open = words_.next();
  const TokenStream::Breaks within(words_, false);
  if (words_.at_word("for") && words_.second().kind != Token::dot)
    return comprehension(open.begin, Token::bracket_close);
  ast::ListLiteral list;
  while (!words_.at(Token::bracket_close)) {
    list.items.push_back(list_item());
    if (!words_.take(Token::comma)) break;
  }
  if (!words_.at(Token::bracket_close)) unexpected("`,` or `]` in the list");
  words_.next();
  return make(std::move(list), words_.since(open.begin));
}

ast::Expression Reader::braced() {
  const auto open = words_.next();
  const bool iterates = words_.after_breaks().kind == Token::name && words_.text(words_.after_breaks()) == "for";
  if (iterates) {
    const TokenStream::Breaks within(words_, false);
    words_.peek();
    // `for` may also be a key: `{ for = 1 }`.
    if (words_.second().kind == Token::name) return comprehension(open.begin, Token::brace_close);
  }
  const TokenStream::Breaks within(words_, true);
  ast::ObjectLiteral object;
  for (;;) {
    while (words_.take(Token::newline) || words_.take(Token::comma)) {
    }
    if (words_.take(Token::brace_close)) break;
    object.items.push_back(object_item());
    if (!words_.at(Token::newline) && !words_.at(Token::comma) && !words_.at(Token::brace_close)) {
      unexpected("a line break, `,` or `}` in the object");
    }
  }
  return make(std::move(object), words_.since(open.begin));
}

ast::ObjectItem Reader::object_item() {
  const auto begin = words_.peek().begin;
  if (words_.take(Token::ellipsis)) {
    auto value = expression();
    auto condition = condition_behind();
    return {{}, std::move(value), true, std::move(condition), words_.since(begin)};
  }
  auto path = key();
  if (words_.at(Token::colon)) unexpected("`=`", "objects are written `{ key = value }`");
  if (words_.at(Token::arrow)) unexpected("`=`", "`=>` belongs to `{ for … : key => value }`");
  if (!words_.at(Token::assign)) unexpected("`=` behind the key");
  words_.next();
  words_.skip_breaks();
  auto value = expression();
  auto condition = condition_behind();
  return {std::move(path), std::move(value), false, std::move(condition), words_.since(begin)};
}

ast::Comprehension::Clause Reader::clause() {
  words_.next();
  ast::Comprehension::Clause clause;
  clause.variables.push_back(identifier("a variable behind `for`"));
  if (words_.take(Token::comma)) clause.variables.push_back(identifier("a second variable behind `,`"));
  if (!words_.at_word("in")) unexpected("`in`", "write `for name in list` or `for key, value in map`");
  words_.next();
  clause.source = own(expression());
  return clause;
}

ast::Expression Reader::comprehension(std::uint32_t begin, Token close) {
  const Depth depth(*this);
  auto node = std::make_unique<ast::Comprehension>();
  while (words_.at_word("for")) node->clauses.push_back(clause());
  if (!words_.at(Token::colon)) unexpected("`:` behind what is walked");
  words_.next();
  auto first = expression();
  if (close == Token::brace_close) {
    if (!words_.at(Token::arrow)) unexpected("`=>` between key and value", "write `{ for k, v in map : k => v }`");
    words_.next();
    node->key = own(std::move(first));
    node->value = own(expression());
  } else {
    if (words_.at(Token::arrow)) unexpected("`]` or `if`", "a map of keys and values stands between `{` and `}`");
    node->value = own(std::move(first));
  }
  node->condition = condition_behind();
  words_.take(Token::comma);
  if (!words_.at(close)) unexpected(fmt::format("`if` or {}", describe(close)));
  words_.next();
  return make(std::move(node), words_.since(begin));
}

}  // namespace nmx::syntax
