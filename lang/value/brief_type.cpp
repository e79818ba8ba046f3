#include "lang/value/brief_type.hpp"

namespace nmx {

std::string brief(const Type& type, std::size_t limit) {
  auto whole = to_string(type);
  if (whole.size() <= limit) return whole;
  if (type.secret) {
    auto open = type;
    open.secret = false;
    return "secret(" + brief(open, limit - 8) + ")";
  }
  if (type.tag == Type::Tag::list) return "list(" + brief(type.of->front(), limit - 6) + ")";
  if (type.tag == Type::Tag::map) return "map(" + brief(type.of->front(), limit - 5) + ")";
  if (type.tag == Type::Tag::object && type.fields) {
    std::string text = "object({ ";
    for (const auto& field : *type.fields) {
      auto one =
          field.name + " = " + (field.optional ? "optional(" + to_string(field.type) + ")" : to_string(field.type));
      if (text.size() + one.size() + 6 > limit) break;
      text += one + ", ";
    }
    return text + "… })";
  }
  if (type.tag == Type::Tag::enumeration) {
    std::string text = "enum(";
    for (const auto& name : type.names) {
      if (text.size() + name.size() + 4 > limit) break;
      text += name + ", ";
    }
    return text + "…)";
  }
  return whole;
}

}  // namespace nmx
