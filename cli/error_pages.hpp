#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "lang/diagnostics/diagnostic.hpp"

namespace nmx {

/// The pages of docs/errors by code, `NMX0201`; generated while building.
const std::map<std::string_view, std::string_view, std::less<>>& error_pages();

/// What a page is about: `unknown attribute`.
std::string_view title_of(std::string_view page);
/// A page as a terminal shows it: code indented, without the marks of Markdown.
std::string plain_page(std::string_view page);
/// The line below the errors that says how to learn more of the first; empty where there is no error.
std::string explain_hint(const Diagnostics& diagnostics);
/// The list of all pages, for docs/errors/README.md.
std::string error_index();

}  // namespace nmx
