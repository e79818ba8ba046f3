#include <fmt/core.h>

#include "lang/syntax/reader.hpp"

// Attributes, blocks and functions, and how reading goes on after a mistake.
namespace nmx::syntax {
namespace {

constexpr int deepest = 200;

}  // namespace

Reader::Depth::Depth(Reader& reader) : reader_(reader) {
  if (++reader_.depth_ <= deepest) return;
  --reader_.depth_;
  const auto at = reader_.words_.span(reader_.words_.peek());
  reader_.words_.diagnostics().error(Code::too_deep, at, fmt::format("this is nested more than {} deep", deepest));
  throw Unreadable{};
}

void Reader::unexpected(std::string_view expected, std::string help) {
  const auto& word = words_.peek();
  auto span = words_.span(word);
  std::string found(describe(word.kind));
  if (word.kind == Token::name || word.kind == Token::number) found = fmt::format("`{}`", words_.text(word));
  // What closes the part of a text that is read, in its place.
  const bool ends_part = word.kind == Token::end && word.begin < words_.whole().size();
  if (ends_part) found = fmt::format("`{}`", words_.whole()[word.begin]);
  if (word.kind == Token::newline || word.kind == Token::end) {
    // Nothing to underline there: point behind what was read last.
    const auto position = words_.position();
    const auto end = position == 0 ? span.begin : words_.tokens()[position - 1].end;
    span = {span.source, end, end + 1};
  }
  words_.diagnostics()
      .error(Code::syntax, span, fmt::format("expected {}, found {}", expected, found))
      .with_help(std::move(help));
  throw Unreadable{};
}

Lexeme Reader::expect(Token kind, std::string_view where) {
  if (!words_.at(kind)) unexpected(fmt::format("{} {}", describe(kind), where));
  return words_.next();
}

ast::Identifier Reader::identifier(std::string_view what) {
  if (!words_.at(Token::name)) unexpected(what);
  const auto word = words_.next();
  return {std::string(words_.text(word)), words_.span(word)};
}

ast::KeyPart Reader::key_part() {
  if (words_.at(Token::quote)) {
    auto text = string();
    const auto span = text.span;
    const auto* literal = std::get_if<ast::Literal>(&text.node);
    if (literal != nullptr) return {*literal->value.string(), nullptr, span};
    return {{}, own(std::move(text)), span};
  }
  auto name = identifier("a name or a quoted key");
  return {std::move(name.name), nullptr, name.span};
}

ast::Key Reader::key() {
  ast::Key key;
  const auto begin = words_.peek().begin;
  key.parts.push_back(key_part());
  while (words_.take(Token::dot)) key.parts.push_back(key_part());
  key.span = words_.since(begin);
  return key;
}

ast::ExpressionPtr Reader::condition_behind() {
  if (!words_.at_word("if")) return nullptr;
  words_.next();
  words_.skip_breaks();
  return own(expression());
}

void Reader::attribute(ast::Body& body, ast::Key key) {
  const auto begin = key.span.begin;
  words_.next();
  if (words_.at(Token::newline) || words_.at(Token::end)) unexpected("a value behind `=`");
  auto value = expression();
  auto condition = condition_behind();
  body.attributes.push_back({std::move(key), std::move(value), std::move(condition), words_.since(begin)});
}

ast::Label Reader::label() {
  ast::Label label;
  const auto begin = words_.peek().begin;
  label.parts.push_back(key_part());
  while (words_.take(Token::dot)) label.parts.push_back(key_part());
  label.span = words_.since(begin);
  return label;
}

ast::Body Reader::braced_body() {
  const Depth depth(*this);
  const auto open = words_.next();
  const TokenStream::Breaks within(words_, true);
  ast::Body body;
  items(body, Token::brace_close);
  if (!words_.take(Token::brace_close)) {
    words_.diagnostics().error(Code::syntax, words_.span(open), "this `{` is never closed");
    throw Unreadable{};
  }
  body.span = words_.since(open.begin);
  return body;
}

void Reader::block(ast::Body& body, const Lexeme& type) {
  ast::Block block;
  block.type = {std::string(words_.text(type)), words_.span(type)};
  while (words_.at(Token::name) || words_.at(Token::quote)) block.labels.push_back(label());
  block.header = words_.since(type.begin);
  if (!words_.at(Token::brace_open)) {
    const bool could_be_attribute = block.labels.empty();
    if (could_be_attribute && words_.at(Token::colon)) unexpected("`=`", "attributes are written `name = value`");
    unexpected(could_be_attribute ? "`=` or `{`" : "`{`",
               could_be_attribute ? "an attribute is `name = value`, a block `name label { … }`" : "");
  }
  block.body = braced_body();
  block.span = words_.since(type.begin);
  body.blocks.push_back(std::move(block));
}

void Reader::function(ast::Body& body) {
  const auto begin = words_.next().begin;
  ast::FunctionDeclaration function{identifier("the function's name"), {}, {}, {}};
  expect(Token::paren_open, "behind the function's name");
  {
    const TokenStream::Breaks within(words_, false);
    while (!words_.at(Token::paren_close)) {
      function.parameters.push_back(identifier("a parameter or `)`"));
      if (!words_.take(Token::comma)) break;
    }
    if (!words_.at(Token::paren_close)) unexpected("`,` or `)` behind the parameter");
  }
  words_.next();
  expect(Token::assign, "behind the parameters");
  words_.skip_breaks();
  function.value = expression();
  function.span = words_.since(begin);
  body.functions.push_back(std::move(function));
}

void Reader::item(ast::Body& body) {
  const auto word = words_.peek();
  if (word.kind == Token::ellipsis)
    unexpected("an attribute or a block", "`...` spreads into an object, not into a block");
  if (word.kind != Token::name && word.kind != Token::quote) unexpected("an attribute or a block");
  const auto second = words_.second().kind;
  if (words_.at_word("function") && second == Token::name) return function(body);
  if (word.kind == Token::name && second != Token::assign && second != Token::dot) {
    words_.next();
    return block(body, word);
  }
  auto path = key();
  if (!words_.at(Token::assign)) {
    const bool dotted_block = path.parts.size() > 1 && (words_.at(Token::brace_open) || words_.at(Token::name));
    unexpected("`=` behind the key", dotted_block ? "a block's type has no dots: write `service jellyfin { … }`" : "");
  }
  attribute(body, std::move(path));
}

void Reader::end_of_item(Token close) {
  if (words_.at(Token::newline) || words_.at(Token::comma) || words_.at(Token::end) || words_.at(close)) return;
  std::string help;
  if (words_.at(Token::brace_close)) help = "there is one `}` too many";
  unexpected("a line break or `,` between items", std::move(help));
}

void Reader::items(ast::Body& body, Token close) {
  for (;;) {
    while (words_.take(Token::newline) || words_.take(Token::comma)) {
    }
    if (words_.at(close) || words_.at(Token::end)) return;
    const auto begin = words_.position();
    try {
      item(body);
      end_of_item(close);
    } catch (const Unreadable&) {
      recover(begin, close);
    }
  }
}

std::uint32_t Reader::column(const Lexeme& lexeme) const {
  const auto text = words_.whole().substr(0, lexeme.begin);
  const auto line = text.rfind('\n');
  return lexeme.begin - (line == std::string_view::npos ? 0 : static_cast<std::uint32_t>(line) + 1);
}

/// Goes on at the next line that begins no further right than the broken item did, behind a `,` of the same line, or at
/// the `}` that closes the line's own body.
void Reader::recover(std::size_t item_begin, Token close) {
  const auto& tokens = words_.tokens();
  const auto margin = column(tokens[item_begin]);
  const auto failed = words_.position();
  int open = 0;
  bool same_line = true;
  for (auto at = item_begin; tokens[at].kind != Token::end; ++at) {
    const auto kind = tokens[at].kind;
    if (kind == Token::newline) {
      same_line = false;
      const auto next = tokens[at + 1].kind;
      const bool closes_item = next == Token::bracket_close || next == Token::paren_close ||
                               (next == Token::brace_close && column(tokens[at + 1]) == margin);
      const bool begins_item = next != Token::newline && next != Token::end && !closes_item;
      if (at + 1 >= failed && begins_item && column(tokens[at + 1]) <= margin) return words_.move_to(at + 1);
      continue;
    }
    if (kind == Token::brace_open || kind == Token::bracket_open || kind == Token::paren_open) ++open;
    if (kind == Token::bracket_close || kind == Token::paren_close) --open;
    if (kind == Token::brace_close && --open < 0) {
      if (at >= failed && same_line && close == Token::brace_close) return words_.move_to(at);
      open = 0;
    }
    if (kind == Token::comma && at >= failed && same_line && open == 0) return words_.move_to(at);
  }
  words_.move_to(tokens.size() - 1);
}

ast::Body Reader::file() {
  ast::Body body;
  for (;;) {
    items(body, Token::end);
    if (words_.at(Token::end)) break;
  }
  body.span = {words_.source(), 0, static_cast<std::uint32_t>(words_.whole().size())};
  return body;
}

ast::Expression Reader::lone_expression() {
  const TokenStream::Breaks within(words_, false);
  auto value = expression();
  if (!words_.at(Token::end)) unexpected("the end of the expression");
  return value;
}

ast::Comprehension::Clause Reader::lone_clause() {
  const TokenStream::Breaks within(words_, false);
  auto made = clause();
  if (!words_.at(Token::end)) unexpected("the end of what is walked");
  return made;
}

}  // namespace nmx::syntax
