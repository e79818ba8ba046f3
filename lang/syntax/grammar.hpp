#pragma once

#include <tao/pegtl.hpp>

// The words of the language, one rule a line. Included by lexer.cpp alone.
namespace nmx::syntax::grammar {

namespace p = tao::pegtl;

// clang-format off
struct digits        : p::seq<p::digit, p::star<p::sor<p::digit, p::one<'_'>>>> {};
struct unit          : p::plus<p::alpha> {};
struct number        : p::seq<digits, p::opt<p::one<'.'>, digits>, p::opt<unit>> {};
struct name          : p::seq<p::sor<p::alpha, p::one<'_'>>, p::star<p::sor<p::alnum, p::one<'_', '-'>>>> {};

struct newline       : p::one<'\n'> {};
struct blank         : p::plus<p::one<' ', '\t', '\r'>> {};
struct comment       : p::seq<p::one<'#'>, p::star<p::not_one<'\n'>>> {};
struct slash_comment : p::seq<p::string<'/', '/'>, p::star<p::not_one<'\n'>>> {};
struct star_comment  : p::seq<p::string<'/', '*'>, p::until<p::sor<p::string<'*', '/'>, p::eof>>> {};

struct text_quote    : p::string<'"', '"', '"'> {};
struct quote         : p::one<'"'> {};
struct ellipsis      : p::string<'.', '.', '.'> {};
struct arrow         : p::string<'=', '>'> {};
struct equal         : p::string<'=', '='> {};
struct unequal       : p::string<'!', '='> {};
struct less_equal    : p::string<'<', '='> {};
struct greater_equal : p::string<'>', '='> {};
struct both          : p::string<'&', '&'> {};
struct either        : p::string<'|', '|'> {};
struct coalesce      : p::string<'?', '?'> {};
struct question_dot  : p::string<'?', '.'> {};
struct brace_open    : p::one<'{'> {};
struct brace_close   : p::one<'}'> {};
struct bracket_open  : p::one<'['> {};
struct bracket_close : p::one<']'> {};
struct paren_open    : p::one<'('> {};
struct paren_close   : p::one<')'> {};
struct comma         : p::one<','> {};
struct dot           : p::one<'.'> {};
struct assign        : p::one<'='> {};
struct question      : p::one<'?'> {};
struct colon         : p::one<':'> {};
struct less          : p::one<'<'> {};
struct greater       : p::one<'>'> {};
struct plus          : p::one<'+'> {};
struct minus         : p::one<'-'> {};
struct star          : p::one<'*'> {};
struct slash         : p::one<'/'> {};
struct percent       : p::one<'%'> {};
struct bang          : p::one<'!'> {};
struct pipe          : p::one<'|'> {};

struct pair  : p::sor<ellipsis, arrow, equal, unequal, less_equal, greater_equal, both, either, coalesce, question_dot> {};
struct sign  : p::sor<brace_open, brace_close, bracket_open, bracket_close, paren_open, paren_close, comma, dot, assign, question,
                      colon, less, greater, plus, minus, star, slash, percent, bang, pipe> {};
/// One word, or what stands between two.
struct word  : p::sor<blank, name, newline, number, text_quote, quote, comment, slash_comment, star_comment, pair, sign> {};

struct escape        : p::seq<p::one<'\\'>, p::not_one<'\n'>> {};
struct dollar        : p::seq<p::one<'$'>, p::not_at<p::one<'{'>>> {};
/// What stands between the quotes of a string, up to an interpolation.
struct string_text   : p::plus<p::sor<p::not_one<'"', '\\', '$', '\n'>, escape, dollar>> {};
/// The same of a text of several lines; a quote may stand in it, three may not.
struct long_text     : p::plus<p::sor<p::not_one<'"', '\\', '$'>, escape, dollar, p::seq<p::not_at<text_quote>, p::one<'"'>>>> {};
struct interpolation : p::string<'$', '{'> {};
// clang-format on

}  // namespace nmx::syntax::grammar
