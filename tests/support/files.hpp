#pragma once

#include <filesystem>
#include <string>

namespace nmx::test {

/// All of a file; the test fails where there is none.
std::string read_file(const std::filesystem::path& path);
/// Whether NMX_ACCEPT=1 asks to rewrite the golden files.
bool accepts_goldens();
/// Compares a text with a file of the repository, or rewrites that.
void expect_file(const std::filesystem::path& path, const std::string& text);

}  // namespace nmx::test
