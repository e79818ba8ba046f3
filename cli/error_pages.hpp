#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace nmx {

/// The pages of docs/errors by code, `NMX0201`; generated while building.
const std::map<std::string_view, std::string_view, std::less<>>& error_pages();

/// What a page is about: `unknown attribute`.
std::string_view title_of(std::string_view page);
/// A page as a terminal shows it: code indented, without the marks of Markdown.
std::string plain_page(std::string_view page);
/// The list of all pages, for docs/errors/README.md.
std::string error_index();

}  // namespace nmx
