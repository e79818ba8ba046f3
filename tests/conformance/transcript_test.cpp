#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <thread>

#include "providers/lab/proxmox/api.hpp"
#include "tests/conformance/facts.hpp"

// A recorded conversation with a real Proxmox VE 9.2 API server, call by call against the lab: status, reason and
// errors must be the same.
namespace nmx::test {
namespace {

using namespace lab::proxmox;  // NOLINT: the names under test

/// The node it was recorded on.
void fill(World& world) {
  world.nodes["pve1"];
  world.pools["prod"] = "";
  world.storages["local"] = {"dir", {"vztmpl", "rootdir", "images", "backup", "iso", "snippets"}};
  world.storages["btr"] = {"btrfs", {"rootdir", "images"}, false, std::int64_t{8} << 30, 0, {{"path", "/mnt/btr"}}};
  world.storages["dir2"] = {"dir", {"rootdir"}};
  world.storages["nosnap"] = {"dir", {"iso", "backup"}};
  for (const auto* name : {"debian-12-standard_12.7-1_amd64.tar.zst", "alpine-3.20-default_20240908_amd64.tar.xz",
                           "broken-1.0_amd64.tar.gz"}) {
    world.volumes[{std::string("local:vztmpl/") + name, "pve1"}] = Volume{"pve1", "local", "vztmpl", "txz", 1 << 20, 0};
  }
  world.volumes[{"local:vztmpl/broken-1.0_amd64.tar.gz", "pve1"}].size = 13;
  const std::set<std::string> few{"Datastore.AllocateSpace", "Datastore.Audit",  "SDN.Use", "Sys.Audit", "VM.Audit",
                                  "VM.Config.Memory",        "VM.Config.Network"};
  auto tf = few;
  for (const auto* more : {"Datastore.AllocateTemplate", "Pool.Allocate", "Pool.Audit", "VM.Allocate", "VM.Backup",
                           "VM.Clone", "VM.Config.CPU", "VM.Config.Disk", "VM.Config.Options", "VM.Console",
                           "VM.PowerMgmt", "VM.Snapshot", "VM.Snapshot.Rollback"}) {
    tf.insert(more);
  }
  world.roles["TF"] = tf;
  world.roles["Few"] = few;
  world.users["root@pam"].tokens = {{"full", {"s", false}}, {"sep", {"s", true}}};
  world.users["tf@pve"].tokens = {{"ci", {"s", false}}, {"low", {"s", true}}};
  world.users["ro@pve"].tokens = {{"tok", {"s", false}}};
  world.users["few@pve"].tokens = {{"tok", {"s", false}}};
  world.users["root@pam"].password = "root-secret-1";
  world.tickets["root-ticket"] = "root@pam";
  world.grants = {{"/", "tf@pve", "TF"}, {"/", "ro@pve", "PVEAuditor"}, {"/", "few@pve", "Few"}};
}

std::string authorization(const std::string& who) {
  static const std::map<std::string, std::string> tokens{{"root", "PVEAPIToken=root@pam!full=s"},
                                                         {"sep", "PVEAPIToken=root@pam!sep=s"},
                                                         {"tf", "PVEAPIToken=tf@pve!ci=s"},
                                                         {"low", "PVEAPIToken=tf@pve!low=s"},
                                                         {"ro", "PVEAPIToken=ro@pve!tok=s"},
                                                         {"few", "PVEAPIToken=few@pve!tok=s"},
                                                         {"badsecret", "PVEAPIToken=root@pam!full=wrong"},
                                                         {"notoken", "PVEAPIToken=root@pam!nope=s"},
                                                         {"malformed", "PVEAPIToken=root@pam"}};
  const auto found = tokens.find(who);
  return found == tokens.end() ? std::string() : found->second;
}

std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", byte);
    result += std::isalnum(byte) != 0 ? std::string(1, c) : std::string(escaped);
  }
  return result;
}

std::string form_of(const Json& params) {
  std::string form;
  if (!params.is_object()) return form;
  for (const auto& [name, value] : params.items()) {
    const auto add = [&](const Json& one) {
      form += (form.empty() ? "" : "&") + encoded(name) + "=" +
              encoded(one.is_string()    ? one.get<std::string>()
                      : one.is_boolean() ? (one.get<bool>() ? "1" : "0")
                                         : one.dump());
    };
    if (value.is_array()) {
      for (const auto& one : value) add(one);
    } else {
      add(value);
    }
  }
  return form;
}

lab::Request request_of(const Json& call, const std::string& path) {
  lab::Request request;
  request.method = call.at("method");
  request.target = "/api2/json" + path;
  const auto auth = call.value("auth", "root");
  if (auto header = authorization(auth); !header.empty()) request.headers.emplace_back("Authorization", header);
  if (auth.rfind("rootticket", 0) == 0) request.headers.emplace_back("Cookie", "PVEAuthCookie=root-ticket");
  if (auth == "rootticket") request.headers.emplace_back("CSRFPreventionToken", csrf_of("root-ticket"));
  const bool json = call.contains("encoding") && call["encoding"] == "json";
  const bool has_body = request.method == "POST" || request.method == "PUT";
  if (call.contains("content_type") && call["content_type"].is_string())
    request.headers.emplace_back("Content-Type", call["content_type"]);
  if (call.contains("raw_body") && call["raw_body"].is_string()) {
    request.body = call["raw_body"];
  } else if (json) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = call.at("params").dump();
  } else if (has_body) {
    request.body = form_of(call.at("params"));
  } else if (const auto query = form_of(call.at("params")); !query.empty()) {
    request.target += "?" + query;
  }
  return request;
}

/// What the brief of the lab names first, and the rest.
std::string group_of(const std::string& path) {
  if (path.find("/firewall") != std::string::npos) return "firewall";
  if (path.find("/qemu") != std::string::npos) return "virtual machines";
  for (const auto* later :
       {"/clone", "/move_volume", "/migrate", "/snapshot", "/template", "/rrddata", "/feature", "/interfaces"}) {
    if (path.find(later) != std::string::npos) return "snapshots, copies and the like";
  }
  if (path.find("/tasks") != std::string::npos) return "tasks";
  if (path.find("/lxc") != std::string::npos) return "containers";
  if (path.rfind("/access", 0) == 0) return "access";
  if (path.rfind("/cluster", 0) == 0 || path.rfind("/pools", 0) == 0) return "cluster";
  if (path.find("/storage") != std::string::npos) return "storage";
  return "nodes";
}

/// Numbers of tasks and addresses differ from run to run.
std::string steady(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  return text;
}

/// In the order in which they were sent; what ran beside each other was written down in another.
std::vector<Json> calls_in_order(const std::string& text) {
  std::vector<Json> calls;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) calls.push_back(Json::parse(line));
  std::stable_sort(calls.begin(), calls.end(),
                   [](const Json& a, const Json& b) { return a.at("n").get<int>() < b.at("n").get<int>(); });
  return calls;
}

/// Calls that were made while the task of an earlier one ran.
bool came_meanwhile(const std::string& note) {
  for (const auto* word : {"parallel B", "parallel C", "parallel D", "parallel E", "while being created"}) {
    if (note.find(word) != std::string::npos) return true;
  }
  return note == "running" || note == "maybe running";
}

void finish_tasks(World& world) {
  const auto ended = [](const auto& one) { return one.second.stopped; };
  while (!std::all_of(world.tasks.begin(), world.tasks.end(), ended)) {
    world.advance();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

/// What a later call sends back is the lab's own digest of the same thing.
void learn_digests(const Json& theirs, const Json& mine, std::map<std::string, std::string>& digests) {
  const auto digest_in = [](const Json& body) -> std::string {
    if (!body.is_object() || !body.contains("data")) return "";
    const auto& data = body["data"].is_array() && !body["data"].empty() ? body["data"].front() : body["data"];
    return data.is_object() && data.contains("digest") && data["digest"].is_string() ? data["digest"].get<std::string>()
                                                                                     : "";
  };
  if (const auto digest = digest_in(theirs); !digest.empty()) digests[digest] = digest_in(mine);
}

TEST(Transcript, answers_a_recorded_conversation_as_the_real_server_did) {
  const auto text = facts_text("proxmox/transcripts.jsonl");
  if (!text) GTEST_SKIP() << "no recorded answers here";
  World world(200);
  fill(world);
  Router router(world);
  std::map<std::string, std::string> tasks, digests;
  std::map<std::string, std::unique_ptr<Score>> scores;
  for (const auto& call : calls_in_order(*text)) {
    auto path = call.at("path").get<std::string>();
    for (const auto& [theirs, ours] : tasks) {
      if (const auto at = path.find(theirs); at != std::string::npos) path.replace(at, theirs.size(), ours);
    }
    if (!came_meanwhile(call.value("note", ""))) finish_tasks(world);
    auto asked = call;
    if (const auto& params = call.at("params"); params.is_object() && params.contains("digest")) {
      const auto known = digests.find(params["digest"].get<std::string>());
      if (known != digests.end()) asked["params"]["digest"] = known->second;
    }
    const auto request = request_of(asked, path);
    std::optional<lab::Response> response;
    while (!response) response = router.answer(request);
    const bool waited = call.contains("task") && call.value("note", "").rfind("parallel", 0) != 0;
    if (waited) finish_tasks(world);
    const auto mine = Json::parse(response->body.empty() ? "null" : response->body, nullptr, false);
    const auto& theirs = call.at("body");
    if (theirs.is_object() && theirs.contains("data") && theirs["data"].is_string() && mine.is_object() &&
        mine.contains("data") && mine["data"].is_string()) {
      const auto upid = theirs["data"].get<std::string>();
      if (upid.rfind("UPID:", 0) == 0) tasks[upid] = mine["data"];
    }
    learn_digests(theirs, mine, digests);
    const auto errors_of = [](const Json& body) {
      return body.is_object() && body.contains("errors") ? body["errors"] : Json();
    };
    const auto wanted_status = call.at("status").get<int>();
    bool same = response->status == wanted_status;
    if (wanted_status >= 400)
      same =
          same && steady(response->reason) == steady(call.value("reason", "")) && errors_of(mine) == errors_of(theirs);
    // A task that failed there must fail here, and in the same words.
    std::string task_note;
    if (same && waited && mine.is_object() && mine["data"].is_string() && world.tasks.contains(mine["data"])) {
      const auto wanted = call["task"]["status"].value("exitstatus", "OK");
      const auto& got = world.tasks.at(mine["data"]).exit_status;
      const bool fine = wanted == "OK" || wanted.rfind("WARNINGS", 0) == 0;
      if (fine != (got == "OK" || got.rfind("WARNINGS", 0) == 0)) same = false;
      task_note = " task wanted " + wanted + " got " + got;
    }
    auto& score = scores[group_of(path)];
    if (!score) score = std::make_unique<Score>("transcript, " + group_of(path));
    score->count(same, std::to_string(call.at("n").get<int>()) + " " + request.method + " " + path + " " +
                           call.at("params").dump().substr(0, 160) + " wanted " + std::to_string(wanted_status) + " " +
                           call.value("reason", "") + " " + errors_of(theirs).dump() + " got " +
                           std::to_string(response->status) + " " + response->reason + " " + errors_of(mine).dump() +
                           task_note);
  }
  // What a group has reached is kept.
  const std::map<std::string, double> reached = {{"access", 1},   {"cluster", 1}, {"containers", 0.99},
                                                 {"firewall", 1}, {"nodes", 1},   {"snapshots, copies and the like", 1},
                                                 {"storage", 1},  {"tasks", 1}};
  for (const auto& [group, share] : reached) {
    ASSERT_TRUE(scores.contains(group)) << group;
    EXPECT_GE(scores[group]->share(), share) << group;
  }
}

}  // namespace
}  // namespace nmx::test
