#pragma once

#include <optional>
#include <string>

#include "lang/syntax/ast.hpp"
#include "lang/syntax/token_stream.hpp"

namespace nmx::syntax {

/// Builds the tree by recursive descent over the words. One object a text; split over expression.cpp, operators.cpp,
/// text.cpp and body.cpp.
class Reader {
 public:
  Reader(const SourceMap& sources, Span part, Diagnostics& diagnostics) : words_(sources, part, diagnostics) {}

  ast::Body file();
  ast::Expression lone_expression();
  ast::Comprehension::Clause lone_clause();

 private:
  // body.cpp
  void items(ast::Body& body, Token close);
  void item(ast::Body& body);
  void attribute(ast::Body& body, ast::Key key);
  void block(ast::Body& body, const Lexeme& type);
  ast::Label label();
  void function(ast::Body& body);
  ast::Body braced_body();
  ast::Key key();
  ast::KeyPart key_part();
  ast::ExpressionPtr condition_behind();
  void end_of_item(Token close);
  void recover(std::size_t item_begin, Token close);
  std::uint32_t column(const Lexeme& lexeme) const;

  // operators.cpp
  ast::Expression expression();
  ast::Expression conditional();
  ast::Expression binary(int weakest);
  ast::Expression unary();
  bool operator_follows(Token kind) const;

  // expression.cpp
  ast::Expression postfix();
  ast::Expression postfix_of(ast::Expression object);
  ast::Expression splat(ast::Expression object, std::uint32_t begin);
  /// What stands in brackets behind a value, up to the closing one; nothing: `*`.
  std::optional<ast::Expression> index_or_star();
  ast::Expression primary();
  ast::Expression parenthesised();
  ast::Expression bracketed();
  ast::Expression braced();
  ast::Comprehension::Clause clause();
  ast::Expression comprehension(std::uint32_t begin, Token close);
  ast::Expression call(const Lexeme& name);
  ast::ListItem list_item();
  ast::ObjectItem object_item();

  // text.cpp
  ast::Expression number();
  ast::Expression string();
  ast::Expression text();
  ast::Expression interpolated(std::vector<ast::Expression> pieces, std::uint32_t begin);
  /// A piece of a text of several lines: words as they stand there, or an interpolation.
  struct TextPiece {
    Lexeme word;
    ast::ExpressionPtr expression;
  };
  std::size_t indentation(const std::vector<TextPiece>& pieces);
  std::vector<ast::Expression> dedented(std::vector<TextPiece> pieces);
  std::string unescape(const Lexeme& piece, std::size_t indent, bool line_starts);

  ast::Identifier identifier(std::string_view what);
  Lexeme expect(Token kind, std::string_view where);
  /// Tells that something else was expected, and gives the item up.
  [[noreturn]] void unexpected(std::string_view expected, std::string help = {});
  template <typename Node>
  ast::Expression make(Node node, Span span) {
    return ast::Expression{span, std::move(node)};
  }
  static ast::ExpressionPtr own(ast::Expression expression) {
    return std::make_unique<ast::Expression>(std::move(expression));
  }

  /// Counts how deep expressions and blocks are nested; too deep is told once and given up.
  class Depth {
   public:
    explicit Depth(Reader& reader);
    ~Depth() { --reader_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Reader& reader_;
  };

  TokenStream words_;
  int depth_ = 0;
};

}  // namespace nmx::syntax
