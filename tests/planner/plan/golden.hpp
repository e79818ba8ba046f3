#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/paths.hpp"

namespace nmx::test {

/// Compares with a file of `golden/`; `NMX_ACCEPT=1` writes it.
inline void expect_golden(const std::string& name, const std::string& text) {
  const auto path = source_folder() / "tests/planner/plan/golden" / name;
  if (std::getenv("NMX_ACCEPT") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  const std::string wanted(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(text, wanted) << path;
}

}  // namespace nmx::test
