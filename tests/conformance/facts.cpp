#include "tests/conformance/facts.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/support/paths.hpp"

namespace nmx::test {

std::optional<std::string> facts_text(const std::string& file) {
  std::ifstream in(facts_folder() / file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::optional<nlohmann::json> facts(const std::string& file) {
  const auto text = facts_text(file);
  if (!text) return std::nullopt;
  return nlohmann::json::parse(*text);
}

void Score::count(bool same, const std::string& difference) {
  ++total_;
  if (same) {
    ++same_;
  } else if (differences_.size() < 12'000) {
    differences_ += "  " + difference.substr(0, 600) + "\n";
  }
}

Score::~Score() { std::printf("%s: %d of %d\n%s", what_.c_str(), same_, total_, differences_.c_str()); }

}  // namespace nmx::test
