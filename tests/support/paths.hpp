#pragma once

#include <filesystem>

namespace nmx::test {

/// The project's top folder. A function, not a macro, so that test files compile to the same bytes wherever they lie.
std::filesystem::path source_folder();

/// Recorded answers of real systems, which lie beside the project or where `NMX_FACTS` says; the folder may be absent.
std::filesystem::path facts_folder();

}  // namespace nmx::test
