#include "providers/proxmox/client.hpp"

#include <gtest/gtest.h>

#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::proxmox {
namespace {

using test::answer;
using test::failure;
using test::line;
using test::refusal;
using test::ScriptedEnv;
using Kind = HttpFailure::Kind;

Access token_access() {
  Access access;
  access.endpoints = {"https://pve1.lan:8006", "https://pve2.lan:8006"};
  access.token = "nmx@pve!ci=secret";
  return access;
}

Call get(std::string path) {
  Call call;
  call.method = "GET";
  call.path = std::move(path);
  return call;
}

Call put(std::string path) {
  auto call = get(std::move(path));
  call.method = "PUT";
  return call;
}

struct Session {
  ReadyQueue queue;
  ScriptedEnv env;
  Client client;
  Session(ScriptedEnv::Server server, Access access) : env(std::move(server)), client(env, std::move(access)) {}
  Reply call(Call one) { return ScriptedEnv::finish(client.call(std::move(one))); }
};

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Client, sends_the_token_and_encodes_every_reserved_byte) {
  Session session([](const HttpRequest&) { return answer(R"({"data":null})"); }, token_access());
  auto call = put("/nodes/pve1/lxc/100/config");
  call.form.set("net0", "name=eth0,bridge=vmbr0");
  EXPECT_TRUE(session.call(call).ok());
  const auto& request = session.env.requests.at(0);
  EXPECT_EQ(header(request, "Authorization"), "PVEAPIToken=nmx@pve!ci=secret");
  EXPECT_EQ(request.body, "net0=name%3Deth0%2Cbridge%3Dvmbr0");
  EXPECT_EQ(request.connections, 4);
  EXPECT_EQ(request.max_idle.count(), 4'000);
}

TEST(Client, puts_parameters_of_reads_and_deletions_into_the_query) {
  Session session([](const HttpRequest&) { return answer(R"({"data":[]})"); }, token_access());
  auto call = get("/cluster/resources");
  call.form.set("type", "vm");
  session.call(call);
  call.method = "DELETE";
  session.call(call);
  for (const auto& request : session.env.requests) {
    EXPECT_EQ(request.url, "https://pve1.lan:8006/api2/json/cluster/resources?type=vm");
    EXPECT_TRUE(request.body.empty());
  }
}

TEST(Client, tells_the_servers_words_and_those_about_each_parameter) {
  Session session(
      [](const HttpRequest&) {
        return refusal(400, "Parameter verification failed.",
                       R"({"data":null,"message":"Parameter verification failed.\n","errors":{"memory":"too small"}})");
      },
      token_access());
  const auto reply = session.call(put("/nodes/pve1/lxc/100/config"));
  EXPECT_EQ(reply.kind, Reply::Kind::refused);
  EXPECT_EQ(to_error(reply).message,
            "PUT /nodes/pve1/lxc/100/config: Parameter verification failed.; memory: too small");
  EXPECT_EQ(session.env.requests.size(), 1u);
}

TEST(Client, reads_the_reason_phrase_where_the_body_says_nothing) {
  Session session([](const HttpRequest&) { return refusal(500, "CT 100 already running", R"({"data":null})"); },
                  token_access());
  EXPECT_TRUE(session.call(put("/x")).says("already running"));
}

TEST(Client, says_what_to_do_about_a_refused_login_and_a_missing_right) {
  int status = 401;
  Session session(
      [&](const HttpRequest&) { return refusal(status, "Permission check failed (/vms/100, VM.Allocate)"); },
      token_access());
  EXPECT_NE(to_error(session.call(get("/version"))).help.find("user@realm!name=secret"), std::string::npos);
  status = 403;
  EXPECT_NE(to_error(session.call(get("/version"))).help.find("privilege separation"), std::string::npos);
}

TEST(Client, asks_the_next_node_when_one_is_down) {
  Session session(
      [](const HttpRequest& request) -> HttpResult {
        if (request.url.find("pve1") != std::string::npos) return failure(Kind::refused, false);
        return answer(R"({"data":{"version":"9.2.3"}})");
      },
      token_access());
  EXPECT_TRUE(session.call(put("/version")).ok());
  EXPECT_EQ(session.env.requests.size(), 2u);
}

TEST(Client, repeats_reads_after_a_lost_answer_and_never_writes) {
  Session session([](const HttpRequest&) { return failure(Kind::reset, true); }, token_access());
  EXPECT_EQ(session.call(put("/nodes/pve1/lxc/100/config")).kind, Reply::Kind::lost);
  EXPECT_EQ(session.env.requests.size(), 1u);
  session.env.requests.clear();
  EXPECT_EQ(session.call(get("/version")).kind, Reply::Kind::lost);
  EXPECT_EQ(session.env.requests.size(), 4u);
}

TEST(Client, knows_that_596_may_have_run_and_595_has_not) {
  int status = 596;
  Session session([&](const HttpRequest&) { return refusal(status, "Connection timed out"); }, token_access());
  EXPECT_EQ(session.call(put("/x")).kind, Reply::Kind::lost);
  EXPECT_EQ(session.env.requests.size(), 1u);
  status = 595;
  const auto reply = session.call(put("/x"));
  EXPECT_EQ(reply.kind, Reply::Kind::unreachable);
  EXPECT_GT(session.env.requests.size(), 2u);
}

TEST(Client, waits_for_locks_and_gives_up_when_its_patience_ends) {
  int locked = 3;
  Session session(
      [&](const HttpRequest&) -> HttpResult {
        if (locked-- > 0) return refusal(500, "can't lock file '/run/lock/lxc/pve-config-100.lock' - got timeout");
        return answer(R"({"data":null})");
      },
      token_access());
  EXPECT_TRUE(session.call(put("/x")).ok());
  EXPECT_EQ(session.env.requests.size(), 4u);
  locked = 1'000'000;
  EXPECT_TRUE(is_locked(session.call(put("/x"))));
  EXPECT_LE(session.env.now().count(), 130'000);
}

TEST(Client, logs_in_once_and_again_when_the_ticket_has_ended) {
  Access access;
  access.endpoints = {"https://pve1.lan:8006"};
  access.login = {"root@pam", "pass;word"};
  bool expired = false;
  Session session(
      [&](const HttpRequest& request) -> HttpResult {
        if (line(request) == "POST /access/ticket")
          return answer(R"({"data":{"ticket":"PVE:root@pam:1::a+/=","CSRFPreventionToken":"csrf"}})");
        if (expired) {
          expired = false;
          return refusal(401, "permission denied - invalid PVE ticket");
        }
        return answer(R"({"data":null})");
      },
      access);
  EXPECT_TRUE(session.call(put("/x")).ok());
  EXPECT_TRUE(session.call(get("/y")).ok());
  ASSERT_EQ(session.env.requests.size(), 3u);
  EXPECT_EQ(session.env.requests[0].body, "username=root%40pam&password=pass%3Bword");
  EXPECT_EQ(session.env.requests[0].log_body.find("pass;word"), std::string::npos);
  EXPECT_EQ(header(session.env.requests[1], "Cookie"), "PVEAuthCookie=PVE%3Aroot%40pam%3A1%3A%3Aa%2B%2F%3D");
  EXPECT_EQ(header(session.env.requests[1], "CSRFPreventionToken"), "csrf");
  EXPECT_EQ(header(session.env.requests[2], "CSRFPreventionToken"), "");
  expired = true;
  EXPECT_TRUE(session.call(get("/y")).ok());
  EXPECT_EQ(session.env.requests.size(), 6u);
}

TEST(Client, uses_the_root_login_for_elevated_calls_only) {
  auto access = token_access();
  access.root = {"root@pam", "secret"};
  Session session(
      [](const HttpRequest& request) -> HttpResult {
        if (line(request) == "POST /access/ticket")
          return answer(R"({"data":{"ticket":"T","CSRFPreventionToken":"C"}})");
        return answer(R"({"data":null})");
      },
      access);
  session.call(put("/plain"));
  auto call = put("/special");
  call.elevated = true;
  session.call(call);
  ASSERT_EQ(session.env.requests.size(), 3u);
  EXPECT_NE(header(session.env.requests[0], "Authorization"), "");
  EXPECT_EQ(header(session.env.requests[2], "Authorization"), "");
  EXPECT_EQ(header(session.env.requests[2], "Cookie"), "PVEAuthCookie=T");
}

TEST(Client, asks_nodes_directly_where_their_addresses_are_reachable_and_falls_back) {
  auto access = token_access();
  access.endpoints = {"https://10.0.0.1:8006"};
  access.trust.ca_pem = "-----BEGIN CERTIFICATE-----";
  Session session(
      [](const HttpRequest& request) -> HttpResult {
        if (request.url.find("10.0.0.3") != std::string::npos) return failure(Kind::tls, false);
        return answer(R"({"data":null})");
      },
      access);
  session.client.learn_nodes({{"pve1", "10.0.0.1"}, {"pve2", "10.0.0.2"}, {"pve3", "10.0.0.3"}}, "pve1");
  auto call = put("/nodes/pve2/lxc/100/config");
  call.node = "pve2";
  session.call(call);
  EXPECT_EQ(session.env.requests.back().url, "https://10.0.0.2:8006/api2/json/nodes/pve2/lxc/100/config");
  call.node = "pve3";
  EXPECT_TRUE(session.call(call).ok());
  EXPECT_EQ(session.env.requests.back().url.substr(0, 21), "https://10.0.0.1:8006");
  session.env.requests.clear();
  session.call(call);
  EXPECT_EQ(session.env.requests.size(), 1u);
}

TEST(Client, keeps_to_the_endpoint_where_one_certificate_is_pinned) {
  auto access = token_access();
  access.endpoints = {"https://10.0.0.1:8006"};
  access.trust.fingerprint = std::string(32, 'x');
  Session session([](const HttpRequest&) { return answer(R"({"data":null})"); }, access);
  session.client.learn_nodes({{"pve1", "10.0.0.1"}, {"pve2", "10.0.0.2"}}, "pve1");
  auto call = get("/nodes/pve2/lxc");
  call.node = "pve2";
  session.call(call);
  EXPECT_EQ(session.env.requests.back().url.substr(0, 21), "https://10.0.0.1:8006");
}

TEST(Client, sends_a_file_after_the_fields_that_describe_it) {
  Session session([](const HttpRequest&) { return answer(R"({"data":"UPID:x"})"); }, token_access());
  auto call = put("/nodes/pve1/storage/local/upload");
  call.method = "POST";
  call.form.set("content", "vztmpl");
  call.form.set("checksum", "ab=");
  call.upload_path = "/tmp/nixos.tar.xz";
  call.upload_name = "nixos.tar.xz";
  session.call(call);
  const auto& request = session.env.requests.at(0);
  EXPECT_EQ(request.upload_path, "/tmp/nixos.tar.xz");
  EXPECT_EQ(request.upload_name, "nixos.tar.xz");
  EXPECT_TRUE(request.body.empty());
  EXPECT_EQ(request.form_fields,
            (std::vector<std::pair<std::string, std::string>>{{"content", "vztmpl"}, {"checksum", "ab="}}));
}

const std::string upid = "UPID:pve2:0012D687:0A1B2C3D:68F0A1B2:vzcreate:100:root@pam:";

TEST(Task, says_in_its_name_where_and_when_it_began) {
  EXPECT_EQ(node_of_task(upid), "pve2");
  EXPECT_EQ(start_of_task(upid), 0x68F0A1B2);
  EXPECT_EQ(node_of_task("OK"), "");
  EXPECT_EQ(start_of_task("OK"), 0);
}

TEST(Client, polls_a_task_with_growing_pauses_on_its_own_node) {
  int polls = 0;
  Session session(
      [&](const HttpRequest&) -> HttpResult {
        if (++polls < 6) return answer(R"({"data":{"status":"running"}})");
        return answer(R"({"data":{"status":"stopped","exitstatus":"OK"}})");
      },
      token_access());
  const auto end = ScriptedEnv::finish(session.client.wait_for_task(upid, false, Milliseconds{60'000}));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_TRUE(end->warnings.empty());
  std::vector<std::int64_t> pauses;
  for (const auto& pause : session.env.sleeps) pauses.push_back(pause.count());
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{200, 400, 800, 1000, 1000, 1000}));
  EXPECT_NE(session.env.requests[0].url.find("/nodes/pve2/tasks/UPID:pve2:"), std::string::npos);
}

TEST(Client, takes_warnings_for_success_and_shows_them) {
  Session session(
      [](const HttpRequest& request) -> HttpResult {
        if (line(request).find("/log") != std::string::npos)
          return answer(
              R"({"data":[{"n":1,"t":"extracting"},{"n":2,"t":"WARN: no nesting"},{"n":3,"t":"TASK WARNINGS: 1"}]})");
        return answer(R"({"data":{"status":"stopped","exitstatus":"WARNINGS: 1"}})");
      },
      token_access());
  const auto end = ScriptedEnv::finish(session.client.wait_for_task(upid, false, Milliseconds{60'000}));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->warnings, std::vector<std::string>{"WARN: no nesting"});
}

TEST(Client, shows_the_last_lines_of_a_failed_task) {
  Session session(
      [](const HttpRequest& request) -> HttpResult {
        if (line(request).find("/log") != std::string::npos)
          return answer(
              R"({"data":[{"n":1,"t":"extracting archive"},{"n":2,"t":"tar: short read"},{"n":3,"t":"TASK ERROR: command failed"}]})");
        return answer(R"({"data":{"status":"stopped","exitstatus":"command failed"}})");
      },
      token_access());
  const auto end = ScriptedEnv::finish(session.client.wait_for_task(upid, false, Milliseconds{60'000}));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().message, "command failed\n  | extracting archive\n  | tar: short read");
}

TEST(Client, gives_a_task_a_moment_to_be_listed) {
  int polls = 0;
  Session session(
      [&](const HttpRequest&) -> HttpResult {
        if (++polls < 3) return refusal(400, "Parameter verification failed.", R"({"errors":{"upid":"no such task"}})");
        return answer(R"({"data":{"status":"stopped","exitstatus":"OK"}})");
      },
      token_access());
  EXPECT_TRUE(ScriptedEnv::finish(session.client.wait_for_task(upid, false, Milliseconds{60'000})));
}

TEST(Client, stops_waiting_for_a_task_at_its_limit) {
  Session session([](const HttpRequest&) { return answer(R"({"data":{"status":"running"}})"); }, token_access());
  const auto end = ScriptedEnv::finish(session.client.wait_for_task(upid, false, Milliseconds{5'000}));
  ASSERT_FALSE(end);
  EXPECT_NE(end.error().message.find("did not end within 5 s"), std::string::npos);
}

TEST(Reply, takes_only_a_missing_configuration_for_an_absent_guest) {
  const auto reply = [](int status, std::string reason) {
    return read_answer(refusal(status, std::move(reason)), "GET /x");
  };
  EXPECT_TRUE(is_absent(reply(500, "Configuration file 'nodes/pve1/lxc/100.conf' does not exist"), "100"));
  EXPECT_FALSE(is_absent(reply(500, "Configuration file 'nodes/pve1/lxc/101.conf' does not exist"), "100"));
  EXPECT_FALSE(is_absent(reply(500, "storage 'x' does not exist"), "100"));
  EXPECT_FALSE(is_absent(reply(595, "No route to host"), "100"));
  EXPECT_FALSE(is_absent(reply(403, "Permission check failed"), "100"));
  EXPECT_FALSE(is_absent(reply(501, "Method 'GET /x' not implemented"), "100"));
}

TEST(Reply, does_not_take_a_web_page_for_an_answer) {
  const auto reply = read_answer(answer("<html>welcome</html>"), "GET /version");
  EXPECT_EQ(reply.kind, Reply::Kind::refused);
}

}  // namespace
}  // namespace nmx::proxmox
