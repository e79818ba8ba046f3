#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "stdlib/catalogue.hpp"
#include "stdlib/library.hpp"
#include "tests/support/paths.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// docs/services is generated from the definitions; NMX_ACCEPT=1 writes it anew.
TEST(Reference, is_what_the_definitions_say) {
  const auto folder = test::source_folder() / "docs/services";
  const auto catalogue = read_catalogue(StandardLibrary());
  std::map<std::string, std::string> pages = {{"README.md", catalogue_markdown(catalogue)}};
  for (const auto& service : catalogue.services) pages[service.type + ".md"] = service_markdown(service);
  if (std::getenv("NMX_ACCEPT") != nullptr) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    for (const auto& [name, text] : pages) std::ofstream(folder / name, std::ios::binary) << text;
    GTEST_SKIP() << "wrote " << pages.size() << " pages";
  }
  for (const auto& [name, text] : pages) EXPECT_EQ(content(folder / name), text) << name;
  for (const auto& entry : fs::directory_iterator(folder)) {
    EXPECT_TRUE(pages.contains(entry.path().filename().string())) << entry.path() << " describes nothing";
  }
}

TEST(Catalogue, describes_a_service_for_people_and_programs) {
  const auto catalogue = read_catalogue(StandardLibrary());
  const auto* sonarr = catalogue.find("sonarr");
  ASSERT_NE(sonarr, nullptr);
  EXPECT_EQ(sonarr->category, "media");
  EXPECT_EQ(sonarr->ports.front().number, "8989");
  EXPECT_EQ(sonarr->ports.front().who, "the proxy, services that use it");
  EXPECT_EQ(sonarr->databases, std::vector<std::string>{"SQLite /var/lib/sonarr/.config/NzbDrone/sonarr.db"});
  EXPECT_NE(service_text(catalogue, *sonarr).find("Sign-on    at the proxy; else accounts of its own"),
            std::string::npos);
  EXPECT_NE(service_json(*sonarr).find("\"category\": \"media\""), std::string::npos);
  EXPECT_EQ(catalogue.find("sonar"), nullptr);
}

}  // namespace
}  // namespace nmx
