# Writes a C++ table of the definition files: their texts, and which file defines which kind.
set(files "")
set(kinds "")
foreach(file IN LISTS FILES)
  file(READ ${ROOT}/${file} text)
  string(APPEND files "    {\"stdlib/${file}\", R\"nmx(${text})nmx\"},\n")
  string(REGEX MATCHALL "(^|\n)kind [a-z0-9_.-]+" found "${text}")
  foreach(match IN LISTS found)
    string(REGEX REPLACE "^\n?kind " "" name "${match}")
    string(APPEND kinds "    {\"${name}\", \"stdlib/${file}\"},\n")
  endforeach()
endforeach()
file(WRITE ${OUTPUT} "#include \"stdlib/definitions.hpp\"

namespace nmx::stdlib {

const std::map<std::string_view, std::string_view, std::less<>>& texts() {
  static const std::map<std::string_view, std::string_view, std::less<>> table = {
${files}  };
  return table;
}

const std::map<std::string_view, std::string_view, std::less<>>& files_of_kinds() {
  static const std::map<std::string_view, std::string_view, std::less<>> table = {
${kinds}  };
  return table;
}

}  // namespace nmx::stdlib
")
