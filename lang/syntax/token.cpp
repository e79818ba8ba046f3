#include "lang/syntax/token.hpp"

namespace nmx::syntax {

std::string_view describe(Token kind) {
  switch (kind) {
    case Token::newline: return "the end of the line";
    case Token::end: return "the end of the file";
    case Token::name: return "a name";
    case Token::number: return "a number";
    case Token::quote: return "`\"`";
    case Token::text: return "text";
    case Token::interpolation_open: return "`${`";
    case Token::interpolation_close: return "`}`";
    case Token::text_quote: return "`\"\"\"`";
    case Token::brace_open: return "`{`";
    case Token::brace_close: return "`}`";
    case Token::bracket_open: return "`[`";
    case Token::bracket_close: return "`]`";
    case Token::paren_open: return "`(`";
    case Token::paren_close: return "`)`";
    case Token::comma: return "`,`";
    case Token::dot: return "`.`";
    case Token::question_dot: return "`?.`";
    case Token::ellipsis: return "`...`";
    case Token::arrow: return "`=>`";
    case Token::assign: return "`=`";
    case Token::question: return "`?`";
    case Token::colon: return "`:`";
    case Token::coalesce: return "`??`";
    case Token::either: return "`||`";
    case Token::both: return "`&&`";
    case Token::equal: return "`==`";
    case Token::unequal: return "`!=`";
    case Token::less_equal: return "`<=`";
    case Token::greater_equal: return "`>=`";
    case Token::less: return "`<`";
    case Token::greater: return "`>`";
    case Token::plus: return "`+`";
    case Token::minus: return "`-`";
    case Token::star: return "`*`";
    case Token::slash: return "`/`";
    case Token::percent: return "`%`";
    case Token::bang: return "`!`";
    case Token::pipe: return "`|`";
  }
  return "";
}

}  // namespace nmx::syntax
