#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "lang/syntax/formatter.hpp"
#include "tests/stdlib/whole_site.hpp"
#include "tests/support/paths.hpp"

namespace nmx::test {
namespace {

/// The files that a page shows: blocks between ``` whose first line is `# NAME.nmx`.
std::map<std::string, std::string> files_of(const std::filesystem::path& page) {
  std::map<std::string, std::string> files;
  std::ifstream in(page);
  std::string line, name, text;
  bool inside = false;
  while (std::getline(in, line)) {
    if (line.rfind("```", 0) == 0) {
      if (inside && !name.empty()) files[name] = text;
      inside = !inside;
      name.clear();
      text.clear();
    } else if (inside) {
      if (text.empty() && line.rfind("# ", 0) == 0 && line.ends_with(".nmx")) name = line.substr(2);
      text += line + "\n";
    }
  }
  return files;
}

// What the page tells a stranger to type is typed here.
TEST(Guide, adds_a_service_that_works) {
  const auto files = files_of(source_folder() / "docs/guide/add-a-service.md");
  ASSERT_EQ(files.size(), 2u);
  for (const auto& [name, text] : files) EXPECT_EQ(*format(text), text) << name;
  setenv("PROXMOX_TOKEN", "root@pam!t=x", 1);
  setenv("PROXMOX_FINGERPRINT", "AA", 1);
  WholeSite site(files);
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("service.changedetection.url")), "\"https://changedetection.home.example.com\"");
  const auto resources = site.resources();
  EXPECT_NE(std::find(resources.begin(), resources.end(), "service.changedetection.container.lxc"), resources.end());
  EXPECT_EQ(display(site.value("[for o in opening : o.sources if o.port == 5000][0] == [service.caddy.container.ip]")),
            "true");
}

}  // namespace
}  // namespace nmx::test
