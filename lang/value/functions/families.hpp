#pragma once

#include <string>
#include <vector>

#include "lang/value/function.hpp"

namespace nmx {

/// The tables of built-ins, one a file.
std::vector<Function> list_functions();
std::vector<Function> set_functions();
std::vector<Function> map_functions();
std::vector<Function> text_functions();
std::vector<Function> format_functions();
std::vector<Function> regex_functions();
std::vector<Function> number_functions();
std::vector<Function> conversion_functions();
std::vector<Function> encoding_functions();
std::vector<Function> charset_functions();
std::vector<Function> notation_functions();
std::vector<Function> hash_functions();
std::vector<Function> file_functions();
std::vector<Function> date_functions();
std::vector<Function> network_functions();

using Arguments = std::span<const Value>;

/// The types that the tables name most.
namespace types {
inline const Type any = Type::simple(Type::Tag::any);
inline const Type boolean = Type::simple(Type::Tag::boolean);
inline const Type integer = Type::simple(Type::Tag::integer);
inline const Type number = Type::simple(Type::Tag::number);
inline const Type string = Type::simple(Type::Tag::string);
inline const Type list = Type::list_of(any);
inline const Type strings = Type::list_of(string);
inline const Type map = Type::map_of(any);
}  // namespace types

/// An argument that has the right type and a wrong value.
inline OperationError bad_argument(int argument, std::string message, std::string help = {}) {
  return {OperationError::Kind::argument, std::move(message), std::move(help), argument};
}
/// What went wrong with the whole call.
inline OperationError failed(std::string message, std::string help = {}) {
  return {OperationError::Kind::failed, std::move(message), std::move(help)};
}

inline const std::string& text_of(const Value& value) { return std::get<std::string>(value.held); }
inline std::int64_t integer_of(const Value& value) { return std::get<std::int64_t>(value.held); }
inline const List& list_of(const Value& value) { return *std::get<Value::SharedList>(value.held); }
inline const Object& object_of(const Value& value) { return *std::get<Value::SharedObject>(value.held); }
/// Of an int or a number.
inline double number_of(const Value& value) {
  const auto* integer = value.integer();
  return integer ? static_cast<double>(*integer) : std::get<double>(value.held);
}
inline Value count_of(std::size_t count) { return Value(static_cast<std::int64_t>(count)); }

/// The value with no secret anywhere in it; `call` marks the result.
Value revealed(const Value& value);

}  // namespace nmx
