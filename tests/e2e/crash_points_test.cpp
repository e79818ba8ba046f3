#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/files.hpp"
#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"

// An apply of some thirty objects is hit at every system call that writes or talks, by a kill or by a failure, each in
// a world of its own. Whatever it was, the next run must end where an undisturbed one does. `NMX_CRASH_POINTS=all`
// takes every point; without it a sample spread over all of them.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sampled = 6;

constexpr const char* site_text = R"(
provider proxmox {
  endpoint    = env("PROXMOX_ENDPOINT")
  token       = env("PROXMOX_TOKEN")
  fingerprint = env("PROXMOX_FINGERPRINT")
}
provider authentik {
  url         = env("AUTHENTIK_URL")
  token       = env("AUTHENTIK_TOKEN")
  fingerprint = env("AUTHENTIK_FINGERPRINT")
}
site home {
  domain          = "home.example.com"
  manage_identity = true
}
network lan { cidr = "192.168.50.0/24" }
container box {
  for_each = [for n in range(10) : "${n}"]
  hostname = "box${each.key}"
}
resource secret word { for_each = [for n in range(8) : "${n}"] }
group family {}
group admins { parent = group.family, admin = true }
output words { value = [for n, one in resource.secret.word : one.value] }
)";

/// A world before its first apply, the same each time: one lab, and a state whose lineage and key are known.
class World {
 public:
  explicit World(const fs::path& beginning = {}) {
    fs::create_directories(site());
    std::ofstream(site() / "site.nmx") << site_text;
    if (!beginning.empty()) fs::copy(beginning, site() / ".nmx", fs::copy_options::recursive);
  }
  fs::path site() const { return lab_.folder() / "site"; }
  bool ready() const { return lab_.ready(); }
  std::string log() const { return lab_.log(); }

  ShellResult run(const std::string& line) const {
    return lab_.shell("export NMX_STATE_KEY=" + std::string(64, 'a') + "\n" + line, site(),
                      source_folder() / "tests/e2e" / "steps.bash");
  }
  /// What is there and what the state says of it, without what a server decides anew in each world.
  std::string account() const {
    auto state = read_file(site() / ".nmx/default.json");
    const auto begin = state.find("\"objects\"");
    state = state.substr(begin, state.rfind(",\n\"checksum\"") - begin);
    RE2::GlobalReplace(&state, R"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", "UUID");
    const auto real =
        run("pve GET /cluster/resources type=vm | grep -o '\"name\":\"[^\"]*\"' | sort\n"
            "ak GET /core/groups/ | grep -o '\"name\":\"[^\"]*\"' | sort\n"
            "nmx output words -json -reveal\n"
            "ls .nmx");
    return real.output + state;
  }

 private:
  LabProcess lab_{NMX_BINARY, "-speed 2000 -no-guests"};
};

struct Point {
  std::string name;
  /// What stands before `nmx apply`, or is done in the world before it.
  std::string before;
  std::string wrapper;
};

std::string traced(const std::string& what) { return "strace -f -qq -o /dev/null " + what + " "; }

class CrashPoints : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("strace -f -o /dev/null true >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no strace here";
    World first;
    ASSERT_TRUE(first.ready()) << first.log();
    ASSERT_EQ(first.run("nmx plan").exit_code, 0);
    kept_ = fs::temp_directory_path() / ("nmx-beginning-" + std::to_string(getpid()));
    fs::copy(first.site() / ".nmx", kept_, fs::copy_options::recursive);

    const World calm(kept_);
    calm.run("lab POST /reset");
    const auto applied = calm.run("strace -f -c -o count nmx apply -auto-approve");
    ASSERT_EQ(applied.exit_code, 0) << applied.output;
    requests_ = std::stoi(
        calm.run("lab GET /requests | grep -o ':[0-9][0-9]*' | tr -d : | awk '{ sum += $1 } END { print sum + 0 }'")
            .output);
    expected_ = calm.account();
    ASSERT_NE(expected_.find("box9"), std::string::npos) << expected_;
    std::istringstream lines(read_file(calm.site() / "count"));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::vector<std::string> fields(std::istream_iterator<std::string>(words), {});
      if (fields.size() >= 5 && std::isdigit(static_cast<unsigned char>(fields[3][0])) != 0)
        calls_[fields.back()] = std::stoi(fields[3]);
    }
  }
  void TearDown() override {
    std::error_code ignored;
    if (!kept_.empty()) fs::remove_all(kept_, ignored);
  }

  int calls(const std::string& name) const {
    const auto found = calls_.find(name);
    return found == calls_.end() ? 0 : found->second;
  }

  void take(std::vector<Point> points) {
    const char* all = std::getenv("NMX_CRASH_POINTS");
    std::vector<Point> chosen;
    if (all != nullptr && std::string_view(all) == "all") {
      chosen = std::move(points);
    } else {
      for (std::size_t i = 0; i < sampled; ++i) chosen.push_back(points[(points.size() - 1) * i / (sampled - 1)]);
    }
    ASSERT_FALSE(chosen.empty());
    int disturbed = 0;
    for (const auto& point : chosen) {
      SCOPED_TRACE(point.name);
      const World world(kept_);
      ASSERT_TRUE(world.ready()) << world.log();
      const auto hit = world.run(point.before + "\n" + point.wrapper + "nmx apply -auto-approve");
      if (hit.exit_code != 0) ++disturbed;
      world.run("lab POST /fault clear=1 'rule=GET /nothing first 1 status 500'");
      const auto next = world.run("nmx apply -auto-approve");
      EXPECT_EQ(next.exit_code, 0) << "after " << point.name << ":\n" << hit.output << "\nthen:\n" << next.output;
      const auto plan = world.run("nmx plan -detailed-exitcode");
      EXPECT_EQ(plan.exit_code, 0) << "after " << point.name << ":\n" << next.output << plan.output;
      EXPECT_EQ(world.account(), expected_) << "after " << point.name << ":\n" << hit.output << next.output;
    }
    std::printf("%zu points, %d of them ended the run\n", chosen.size(), disturbed);
  }

  std::string expected_;
  int requests_ = 0;
  std::map<std::string, int> calls_;
  fs::path kept_;
};

/// Everything that a run writes below `.nmx`.
std::string state_files() {
  std::string paths;
  for (const auto* name : {"default.json.new", "default.journal", "default.journal.new", "default.history",
                           "default.lock.new", "default.lock"}) {
    paths += std::string(" -P .nmx/") + name + " -P \"$PWD/.nmx/" + name + "\"";
  }
  return paths;
}

TEST_F(CrashPoints, killed_at_any_write_or_request_the_next_run_ends_where_an_undisturbed_one_does) {
  std::vector<Point> points;
  for (const auto* call : {"write", "sendto", "fdatasync", "fsync", "rename", "link", "unlink", "recvfrom"}) {
    // Most looks at a socket find nothing yet: every fourth is moment enough.
    const int step = std::string_view(call) == "recvfrom" ? 4 : 1;
    for (int n = 1; n <= calls(call); n += step) {
      const auto where = std::string(call) + ":signal=KILL:when=" + std::to_string(n);
      points.push_back({"killed at " + std::string(call) + " " + std::to_string(n), "",
                        traced("-e trace=" + std::string(call) + " -e inject=" + where)});
    }
  }
  take(std::move(points));
}

TEST_F(CrashPoints, a_disk_that_is_full_from_any_write_on_loses_nothing) {
  std::vector<Point> points;
  for (const auto& [call, error] : {std::pair{"write", "ENOSPC"}, {"fdatasync", "EIO"}, {"fsync", "EIO"}}) {
    for (int n = 1; n <= std::min(calls(call), 30); ++n) {
      const auto where = std::string(call) + ":error=" + error + ":when=" + std::to_string(n) + "+";
      points.push_back({std::string(error) + " from " + call + " " + std::to_string(n) + " on", "",
                        traced(state_files() + " -e trace=" + call + " -e inject=" + where)});
    }
  }
  take(std::move(points));
}

TEST_F(CrashPoints, a_state_folder_that_turns_read_only_loses_nothing) {
  std::vector<Point> points;
  for (const auto* call : {"openat", "rename", "link", "unlink"}) {
    for (int n = 1; n <= std::min(calls(call), 8); ++n) {
      const auto where = std::string(call) + ":error=EROFS:when=" + std::to_string(n) + "+";
      points.push_back({"read-only from " + std::string(call) + " " + std::to_string(n) + " on", "",
                        traced(state_files() + " -e trace=" + call + " -e inject=" + where)});
    }
  }
  take(std::move(points));
}

TEST_F(CrashPoints, a_lost_answer_to_any_request_makes_nothing_twice) {
  std::vector<Point> points;
  for (const auto* rule : {"* ** nth {} reset after", "* ** nth {} reset before", "* ** nth {} status 502"}) {
    for (int n = 1; n <= requests_; ++n) {
      std::string filled = rule;
      filled.replace(filled.find("{}"), 2, std::to_string(n));
      points.push_back({filled, "lab POST /fault 'rule=" + filled + "'", ""});
    }
  }
  take(std::move(points));
}

}  // namespace
}  // namespace nmx::test
