#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/e2e/box_site.hpp"
#include "tests/support/files.hpp"
#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/state_server.hpp"

// The state on a server, as a person meets it: two machines, crashes, migration, a changed key.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class RemoteState : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(lab.ready()) << lab.log(); }

  std::string state_block() const {
    return "state {\n  backend  = http\n  url      = \"" + server.url() +
           "\"\n  username = \"ann\"\n  password = env(\"STATE_PASSWORD\")\n}\n";
  }
  /// A checkout of the site on a machine of its own, with so many containers.
  fs::path checkout(const std::string& machine, int count, const std::string& state) const {
    const auto folder = lab.folder() / machine;
    fs::create_directories(folder);
    std::ofstream(folder / "site.nmx")
        << box_site(count) << "resource secret word {}\noutput word { value = resource.secret.word.value }\n"
        << state;
    return folder;
  }
  /// One command on a machine; both have the site's key from their password manager.
  ShellResult on(const fs::path& machine, const std::string& line) const {
    return lab.shell("export STATE_PASSWORD=glpat-canary NMX_STATE_KEY=" + std::string(64, 'a') + "\n" + line, machine,
                     source_folder() / "tests/e2e" / "steps.bash");
  }
  int guests(const fs::path& machine) const {
    return std::stoi(on(machine, "pve GET /cluster/resources type=vm | grep -o '\"name\":\"box' | wc -l").output);
  }

  StateServer server{StateServer::Kind::gitlab};
  LabProcess lab{NMX_BINARY, "-speed 20 -no-guests"};
};

TEST_F(RemoteState, another_machine_goes_on_where_a_killed_one_stopped) {
  constexpr int count = 12;
  const auto laptop = checkout("laptop", count, state_block());
  const auto desktop = checkout("desktop", count, state_block());
  for (const auto* moment : {"0.4", "0.8", "0.6", "1.2"}) {
    const auto killed = on(laptop, std::string("timeout --foreground -s KILL ") + moment + " nmx apply -auto-approve");
    ASSERT_TRUE(killed.exit_code == 137 || killed.exit_code == 0) << killed.output;
    fs::remove_all(laptop / ".nmx");  // the laptop is gone, and so is all that lay on it
  }
  const auto rest = on(desktop, "nmx apply -auto-approve");
  EXPECT_EQ(rest.exit_code, 0) << rest.output;
  EXPECT_EQ(guests(desktop), count);
  const auto plan = on(desktop, "nmx plan -detailed-exitcode");
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
  EXPECT_FALSE(fs::exists(desktop / ".nmx/default.json"));
  const auto word = on(desktop, "nmx output word -reveal").output;
  ASSERT_GT(word.size(), 20u) << word;
  EXPECT_EQ(server.document().find(word.substr(0, 20)), std::string::npos);
  EXPECT_EQ(server.document().find("canary"), std::string::npos);
}

TEST_F(RemoteState, while_one_applies_another_is_told_who_and_a_plan_goes_on) {
  const auto laptop = checkout("laptop", 6, state_block());
  const auto desktop = checkout("desktop", 6, state_block());
  const auto both =
      on(laptop,
         "(nmx apply -auto-approve >../first.log 2>&1; echo $? >../first.exit) &\n"
         "for i in $(seq 100); do grep -q creat ../first.log 2>/dev/null && break; sleep 0.05; done\n"
         "cd ../desktop; nmx apply -auto-approve; echo \"apply: $?\"; nmx plan >/dev/null; echo \"plan: $?\"\n"
         "wait");
  EXPECT_NE(both.output.find("error: the state is locked by"), std::string::npos) << both.output;
  EXPECT_NE(both.output.find("apply: 1"), std::string::npos) << both.output;
  EXPECT_NE(both.output.find("note: the state is locked by"), std::string::npos) << both.output;
  EXPECT_NE(both.output.find("plan: 0"), std::string::npos) << both.output;
  EXPECT_EQ(read_file(lab.folder() / "first.exit"), "0\n") << read_file(lab.folder() / "first.log");
  const auto after = on(desktop, "nmx plan -detailed-exitcode");
  EXPECT_EQ(after.exit_code, 0) << after.output;
}

TEST_F(RemoteState, is_moved_there_and_back_with_its_history) {
  const auto folder = checkout("laptop", 2, "");
  ASSERT_EQ(on(folder, "nmx apply -auto-approve").exit_code, 0);
  const auto word = on(folder, "nmx output word -reveal").output;
  checkout("laptop", 2, state_block());
  const auto refused = on(folder, "nmx plan");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("`nmx state migrate` takes it there"), std::string::npos) << refused.output;
  const auto moved = on(folder, "nmx state migrate");
  ASSERT_EQ(moved.exit_code, 0) << moved.output;
  EXPECT_NE(moved.output.find(server.url()), std::string::npos) << moved.output;
  EXPECT_FALSE(fs::exists(folder / ".nmx/default.json"));
  const auto plan = on(folder, "nmx plan -detailed-exitcode");
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
  EXPECT_EQ(on(folder, "nmx output word -reveal").output, word);
  const auto history = on(folder, "nmx history").output;
  EXPECT_NE(history.find("apply"), std::string::npos) << history;
  EXPECT_NE(history.find("state migrate"), std::string::npos) << history;

  const auto former = checkout("former", 2, state_block());
  checkout("laptop", 2, "");
  const auto back = on(folder, "nmx state migrate -from ../former");
  ASSERT_EQ(back.exit_code, 0) << back.output;
  const auto silent = on(folder, "nmx plan -detailed-exitcode");
  EXPECT_EQ(silent.exit_code, 0) << silent.output;
  EXPECT_EQ(on(folder, "nmx state migrate").exit_code, 1);  // it is here already
}

TEST_F(RemoteState, changes_its_key_and_nothing_else) {
  const auto folder = checkout("laptop", 2, state_block());
  ASSERT_EQ(on(folder, "nmx apply -auto-approve").exit_code, 0);
  const auto word = on(folder, "nmx output word -reveal").output;
  const auto changed = on(folder, "NMX_NEW_STATE_PASSPHRASE='correct horse' nmx state rekey");
  ASSERT_EQ(changed.exit_code, 0) << changed.output;
  EXPECT_EQ(on(folder, "nmx plan").exit_code, 1);  // the old key opens nothing any more
  const std::string with_passphrase = "unset NMX_STATE_KEY; export NMX_STATE_PASSPHRASE='correct horse'; ";
  const auto plan = on(folder, with_passphrase + "nmx plan -detailed-exitcode");
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
  EXPECT_EQ(on(folder, with_passphrase + "nmx output word -reveal").output, word);
  EXPECT_EQ(on(folder, with_passphrase + "nmx history | grep -c damaged").output, "0\n");
}

}  // namespace
}  // namespace nmx::test
