# Writes a C++ table of nmx's own flake: its files by their paths.
set(table "")
foreach(file IN LISTS FILES)
  file(READ ${ROOT}/${file} text)
  string(APPEND table "      {\"${file}\", R\"nmx(${text})nmx\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"cli/flake_files.hpp\"

namespace nmx {

const std::vector<std::pair<std::string_view, std::string_view>>& flake_files() {
  static const std::vector<std::pair<std::string_view, std::string_view>> table = {
${table}  };
  return table;
}

}  // namespace nmx
")
