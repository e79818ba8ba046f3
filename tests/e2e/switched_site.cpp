#include "tests/e2e/switched_site.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "providers/lab/guests/guests.hpp"
#include "tests/support/paths.hpp"

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// What Debian's Nix needs without a daemon and without a network.
constexpr auto nix_config =
    "experimental-features = nix-command flakes\nsandbox = false\nsubstituters =\nbuild-users-group =\n"
    "warn-dirty = false\nflake-registry =\n";

}  // namespace

std::optional<std::string> SwitchedSite::missing() {
  if (access("/usr/bin/nix", X_OK) != 0) return "no Nix here (Debian: nix-bin)";
  if (geteuid() != 0) return "Debian's Nix without its daemon builds as root only";
  return lab::Guests::missing();
}

SwitchedSite::SwitchedSite(const std::string& site) : lab_(NMX_BINARY, "-speed 200") {
  setenv("NIX_CONFIG", nix_config, 1);
  EXPECT_TRUE(lab_.ready()) << lab_.log();
  folder_ = lab_.folder() / "site";
  fs::copy(source_folder() / site, folder_);
  run("ssh-keygen -q -t ed25519 -N '' -C ada@example.com -f operator");
  run("git init -q . && nmx init -flake");
  run("'" + (source_folder() / "tests/flake/stand-in.sh").string() + "' flake.nix");
}

ShellResult SwitchedSite::shell(const std::string& line) const { return lab_.shell(line, folder_); }

std::string SwitchedSite::run(const std::string& line) const {
  const auto result = shell(line);
  EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.output;
  return result.output;
}

void SwitchedSite::edit(const std::string& expression) const { run("sed -i '" + expression + "' site.nmx"); }

void SwitchedSite::expect_silence() const {
  const auto plan = shell("nmx plan -detailed-exitcode");
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
  EXPECT_NE(plan.output.find("No changes."), std::string::npos) << plan.output;
}

std::string SwitchedSite::on(const std::string& host, const std::string& command, const std::string& options) const {
  return shell("nmx exec " + host + " -identity operator " + options + " -- sh -c '" + command + "'").output;
}

int SwitchedSite::port(int of_guest) const {
  const auto base = lab_.variable("NMX_CONNECT_TO").substr(3);
  return of_guest + (base.empty() ? 20'000 : std::stoi(base.substr(1)));
}

void expect_in(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << " is not in:\n" << text;
}

}  // namespace nmx::test
