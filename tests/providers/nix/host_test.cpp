#include "providers/nix/host.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "planner/runtime/curl_env.hpp"
#include "providers/nix/host_work.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx::nix {
namespace {

Object complete(const Object& written) {
  const Host host;
  Allocator allocator({}, 1);
  auto wanted = host.normalise(written, {});
  const auto address = Address{}.child("container").child("media").child("system");
  const auto decided = host.decide({address, wanted, nullptr, {}, allocator});
  if (!decided) return Object{{"text", "error: " + decided.error().message}};
  for (const auto& [name, value] : *decided) wanted.set(name, value);
  return wanted;
}

TEST(NixosHost, writes_a_file_that_a_person_could_have_written) {
  const Object secret{{"value", "x"}, {"owner", "grafana"}, {"restart", List{"grafana.service"}}};
  const auto wanted =
      complete({{"name", "media"},
                {"host_public_key", openssh_ed25519(std::string(32, 'h'), "").public_line},
                {"modules", List{Object{{"services", Object{{"grafana", Object{{"enable", true}}}}}},
                                 Object{{"environment", Object{{"systemPackages", List{Nix{"pkgs.jq"}}}}}}}},
                {"secrets", Object{{"admin", secret}}}});
  EXPECT_EQ(Fields(wanted).text_or("file", ""), "hosts/media.nix");
  EXPECT_EQ(Fields(wanted).text_or("text", ""),
            R"(# Written by nmx for container.media, and written anew whenever that changes.
# What you add by hand goes into media.local.nix beside it.
{ pkgs, ... }:

{
  environment.systemPackages = [ pkgs.jq ];

  services.grafana.enable = true;

  sops.defaultSopsFile = ../secrets/media.json;
  sops.defaultSopsFormat = "json";

  sops.secrets.admin = {
    owner = "grafana";
    restartUnits = [ "grafana.service" ];
  };
}
)");
}

TEST(NixosHost, that_is_to_be_switched_needs_a_host_key_or_no_address) {
  const Host host;
  Allocator allocator({}, 1);
  const Address address;
  const Facts facts{{"deploy", true}};
  Object wanted{{"name", "web"}, {"address", "192.168.50.31"}, {"settings", Object{}}};
  const auto refused = host.decide({address, wanted, nullptr, facts, allocator});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "web: nmx does not know its SSH host key, and trusts none on first use");
  wanted.erase("address");
  EXPECT_TRUE(host.decide({address, wanted, nullptr, facts, allocator}));
}

/// The verbs of a change between what is there and what is wanted.
std::string verbs(Action action, const Object& before, const Object& after) {
  Change change;
  change.action = action;
  change.before = before;
  change.after = after;
  const auto operations = *Host().operations(change, {});
  std::string words;
  for (const auto& operation : operations) words += operation.verb + (operation.completes ? "." : " ");
  return words;
}

TEST(NixosHost, is_written_where_its_files_differ_and_switched_where_its_system_does) {
  const Object host{{"name", "web"}, {"text", "a"}, {"sealed", "s"}, {"system", "/nix/store/a"}, {"machine", "disk-1"}};
  const auto with = [&](std::string name, Value value) {
    auto changed = host;
    changed.set(std::move(name), std::move(value));
    return changed;
  };
  EXPECT_EQ(verbs(Action::create, {}, host), "write switch.");
  EXPECT_EQ(verbs(Action::update, with("system", "/nix/store/b"), host), "switch.");
  EXPECT_EQ(verbs(Action::update, with("machine", "disk-0"), host), "switch.");
  EXPECT_EQ(verbs(Action::update, with("sealed", "t"), host), "write.");
  EXPECT_EQ(verbs(Action::update, with("operators", List{"x"}), host), "write.");
  EXPECT_EQ(verbs(Action::replace, host, host), "remove write switch.");
  EXPECT_EQ(verbs(Action::destroy, host, {}), "remove.");
  auto not_switched = host;
  not_switched.erase("system");
  EXPECT_EQ(verbs(Action::create, {}, not_switched), "write.");
}

TEST(NixosHost, hands_no_secret_to_the_switch) {
  Change change;
  change.action = Action::create;
  change.after = Object{{"name", "web"},
                        {"address", "192.168.50.31"},
                        {"system", "/nix/store/a"},
                        {"secrets", Object{{"admin", Object{{"value", Value("canary").as_secret()}}}}}};
  const auto operations = *Host().operations(change, {});
  ASSERT_EQ(operations.size(), 2u);
  EXPECT_FALSE(contains_secret(Value(operations[1].arguments)));
}

/// A flake's folder that goes away with the test.
class Flake : public testing::Test {
 protected:
  Flake() {
    std::string pattern = std::filesystem::temp_directory_path() / "nmx-flake-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Flake() override { std::filesystem::remove_all(folder_); }

  Answer execute(std::string verb, const Object& wanted) {
    Operation operation;
    operation.verb = std::move(verb);
    operation.arguments = Object{{"wanted", wanted}};
    auto answer = env_.drive(HostWork(FlakeFolder(folder_, env_), "seed").execute(operation));
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
    return answer ? *answer : Answer{};
  }
  Observed read(const Object& applied) {
    return env_.drive(HostWork(FlakeFolder(folder_, env_), "seed").read({ObjectId{{}, "nixos_host", "media", applied}}))
        .at(0);
  }
  std::string git(const std::string& words) {
    ChildCommand command;
    command.arguments = {"sh", "-c", "git -C '" + folder_.string() + "' " + words};
    const auto ran = env_.drive(env_.run(command));
    return ran ? ran->output : ran.error().message;
  }

  CurlEnv env_;
  std::filesystem::path folder_;
};

TEST_F(Flake, takes_what_is_written_and_makes_it_known_to_git) {
  git("init -q");
  const auto wanted = complete({{"name", "media"}, {"modules", List{Object{{"a", 1}}}}});
  EXPECT_EQ(execute("write", wanted).notes, std::vector<std::string>{});
  EXPECT_EQ(git("ls-files"), "hosts/media.nix\n");
  EXPECT_EQ(read(wanted).attributes, wanted);
  execute("remove", wanted);
  EXPECT_EQ(git("ls-files"), "");
  EXPECT_EQ(read(wanted).status, Observed::Status::absent);
}

TEST_F(Flake, leaves_an_equal_file_untouched_and_shows_an_edited_one) {
  const auto wanted = complete({{"name", "media"}, {"modules", List{Object{{"a", 1}}}}});
  execute("write", wanted);
  const auto file = folder_ / "hosts/media.nix";
  const auto written = std::filesystem::last_write_time(file);
  execute("write", wanted);
  EXPECT_EQ(std::filesystem::last_write_time(file), written);
  std::ofstream(file) << "{ }\n";
  EXPECT_EQ(Fields(read(wanted).attributes).text_or("text", ""), "{ }\n");
}

TEST_F(Flake, does_not_overwrite_what_somebody_else_wrote) {
  std::filesystem::create_directories(folder_ / "hosts");
  std::ofstream(folder_ / "hosts/media.nix") << "{ services.openssh.enable = true; }\n";
  Operation operation;
  operation.verb = "write";
  operation.arguments = Object{{"wanted", complete({{"name", "media"}, {"modules", List{}}})}};
  const auto answer = env_.drive(HostWork(FlakeFolder(folder_, env_), "seed").execute(operation));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "`hosts/media.nix` is there and was not written by nmx");
}

}  // namespace
}  // namespace nmx::nix
