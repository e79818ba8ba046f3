#include "lang/value/function_families.hpp"

#include <iterator>

#include "lang/value/functions/families.hpp"

namespace nmx {
namespace {

/// Templates are evaluated where they are called, by the evaluator too.
std::vector<Function> files_and_templates() {
  auto all = file_functions();
  // clang-format off
  all.push_back({.name = "templatefile", .parameters = {{"path", types::string}, {"variables", types::map}}, .result = types::any,
                 .doc = "The text of a file with `${…}`, `%{ if }` and `%{ for }` filled in, as Terraform does it.\ntemplatefile(\"hosts.tpl\", { names = [\"a\", \"b\"] })", .body = {}});
  all.push_back({.name = "templatestring", .parameters = {{"template", types::string}, {"variables", types::map}}, .result = types::any,
                 .doc = "`templatefile` of a text.\ntemplatestring(\"$${n} %%{ if n > 1 }guests%%{ endif }\", { n = 2 })  # \"2 guests\"", .body = {}});
  // clang-format on
  return all;
}

/// Those that take expressions or instances, which the evaluator answers itself.
std::vector<Function> evaluator_functions() {
  // clang-format off
  return {
      {.name = "try", .parameters = {{"expressions", types::any}}, .variadic = true, .result = types::any,
       .doc = "The first argument that can be evaluated.\ntry({ a = 1 }.b, 2)  # 2", .body = {}},
      {.name = "can", .parameters = {{"expression", types::any}}, .result = types::boolean,
       .doc = "Whether the argument can be evaluated.\ncan({ a = 1 }.b)  # false", .body = {}},
      {.name = "kindof", .parameters = {{"value", types::any}}, .result = types::string,
       .doc = "The kind of an instance, the type of any other value.\nkindof(\"a\")  # \"string\"", .body = {}},
  };
  // clang-format on
}

std::vector<Function> conversions_and_attempts() {
  auto all = conversion_functions();
  auto own = evaluator_functions();
  all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  return all;
}

}  // namespace

std::vector<FunctionFamily> function_families() {
  return {{"Lists", list_functions()},
          {"Sets", set_functions()},
          {"Maps and objects", map_functions()},
          {"Texts", text_functions()},
          {"Formats", format_functions()},
          {"Regular expressions", regex_functions()},
          {"Numbers, bytes, durations", number_functions()},
          {"Types and mistakes", conversions_and_attempts()},
          {"Encodings", encoding_functions()},
          {"Bytes of texts", charset_functions()},
          {"Notations", notation_functions()},
          {"Hashes", hash_functions()},
          {"Files and environment", files_and_templates()},
          {"Dates and schedules", date_functions()},
          {"Networks", network_functions()}};
}

}  // namespace nmx
