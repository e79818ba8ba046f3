# Writes a C++ table of the pages about error codes, by the names of their files.
set(pages "")
foreach(path IN LISTS PAGES)
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} text)
  string(APPEND pages "    {\"${name}\", R\"nmx(${text})nmx\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"cli/error_pages.hpp\"

namespace nmx {

const std::map<std::string_view, std::string_view, std::less<>>& error_pages() {
  static const std::map<std::string_view, std::string_view, std::less<>> table = {
${pages}  };
  return table;
}

}  // namespace nmx
")
