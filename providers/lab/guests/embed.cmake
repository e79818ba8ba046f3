# Writes a C++ table of the guests' scripts by name.
set(scripts "")
foreach(file IN LISTS FILES)
  file(READ ${file} text)
  get_filename_component(name ${file} NAME_WE)
  string(APPEND scripts "      {\"${name}\", R\"nmx(${text})nmx\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"providers/lab/guests/scripts.hpp\"

namespace nmx::lab {

const std::map<std::string_view, std::string_view>& guest_scripts() {
  static const std::map<std::string_view, std::string_view> table = {
${scripts}  };
  return table;
}

}  // namespace nmx::lab
")
