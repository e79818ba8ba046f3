#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/app.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// What commands that edit secrets and states refuse, as a person reads it: golden/refused_commands.txt.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

const std::string site = R"(kind gate {
  resource secret inside {}
  resource secret outside {}
}
gate garden {}
)";

/// Folders of sites that have the key of their states in common; they go with it.
class Sites {
 public:
  Sites() {
    std::string pattern = (fs::temp_directory_path() / "nmx-refused-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    setenv("NMX_STATE_KEY", std::string(64, '7').c_str(), 1);
  }
  ~Sites() {
    unsetenv("NMX_STATE_KEY");
    fs::remove_all(folder_);
  }
  Sites(const Sites&) = delete;
  Sites& operator=(const Sites&) = delete;

  fs::path make(const std::string& name, const std::string& text) const {
    fs::create_directories(folder_ / name);
    std::ofstream(folder_ / name / "site.nmx") << text;
    return folder_ / name;
  }
  /// What a command prints that must work.
  std::string done(const std::string& name, std::vector<std::string> arguments) const {
    std::ostringstream out, err;
    EXPECT_EQ(start(name, std::move(arguments), out, err), 0) << err.str();
    return out.str();
  }
  /// A command that must not work, and what it says.
  std::string refused(const std::string& name, const std::vector<std::string>& arguments) const {
    std::string line = "$ nmx";
    for (const auto& one : arguments) line += " " + one;
    std::ostringstream out, err;
    EXPECT_EQ(start(name, arguments, out, err), 1) << line << "\n" << out.str();
    return line + "\n" + err.str() + "\n";
  }

 private:
  int start(const std::string& name, std::vector<std::string> arguments, std::ostream& out, std::ostream& err) const {
    arguments.insert(arguments.begin(), {"-C", (folder_ / name).string()});
    std::istringstream in("a new value\n");
    return run(arguments, Streams{in, out, err});
  }

  fs::path folder_;
};

/// Lineages are others in each run.
std::string without_lineages(const std::string& text) {
  constexpr std::size_t length = 36;
  std::string made;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_not_of("0123456789abcdef-", at), text.size());
    made += end - at == length ? "LINEAGE" : text.substr(at, end - at);
    if (end < text.size()) made += text[end];
    at = end + 1;
  }
  return made;
}

TEST(RefusedCommands, say_what_their_golden_says) {
  const Sites sites;
  sites.make("empty", site);
  auto told = sites.refused("empty", {"state", "undo"});

  const auto home = sites.make("home", site);
  sites.done("home", {"apply", "-auto-approve"});
  told += sites.refused("home", {"secrets", "set", "gate.garden"});
  sites.make("home", site + "gate yard {}\n");
  told += sites.refused("home", {"secrets", "rotate", "gate.yard"});

  sites.make("other", site);
  sites.done("other", {"apply", "-auto-approve"});
  std::ofstream(home / "pulled.json") << sites.done("other", {"state", "pull"});
  told += sites.refused("home", {"state", "push", "pulled.json"});

  sites.make("moved", site);
  sites.done("moved", {"state", "migrate", "-from", home.string()});
  told += sites.refused("moved", {"state", "undo"});
  expect_file(source_folder() / "tests/cli/golden/refused_commands.txt", without_lineages(told));
}

}  // namespace
}  // namespace nmx::test
