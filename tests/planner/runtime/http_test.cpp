#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>

#include "planner/runtime/curl_env.hpp"
#include "planner/runtime/gather.hpp"
#include "planner/runtime/within.hpp"
#include "tests/support/tiny_server.hpp"

namespace nmx {
namespace {

using test::ok;
using test::TinyServer;

HttpRequest get(const std::string& url) {
  HttpRequest request;
  request.method = "GET";
  request.url = url;
  return request;
}

HttpResult fetch(CurlEnv& env, HttpRequest request) { return env.drive(env.http(std::move(request))); }

HttpFailure failure(const HttpResult& result) {
  const auto* failed = std::get_if<HttpFailure>(&result);
  return failed == nullptr ? HttpFailure{HttpFailure::Kind::other, false, "it succeeded"} : *failed;
}
HttpResponse response(const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  EXPECT_NE(response, nullptr) << failure(result).message;
  return response == nullptr ? HttpResponse{} : *response;
}

TEST(Http, gives_status_reason_headers_and_body) {
  TinyServer server([](const std::string&) {
    return "HTTP/1.1 595 No route to host pve2\r\nX-Thing:  some value \r\nContent-Length: 2\r\n\r\nhi";
  });
  CurlEnv env;
  const auto answer = response(fetch(env, get(server.url("/api2/json/version"))));
  EXPECT_EQ(answer.status, 595);
  EXPECT_EQ(answer.reason, "No route to host pve2");
  EXPECT_EQ(answer.body, "hi");
  ASSERT_NE(answer.header("x-thing"), nullptr);
  EXPECT_EQ(*answer.header("X-THING"), "some value");
  EXPECT_EQ(answer.header("absent"), nullptr);
}

TEST(Http, sends_method_headers_and_body_without_expect) {
  TinyServer server([](const std::string&) { return ok(""); });
  CurlEnv env;
  auto request = get(server.url("/path/%2F?q=1"));
  request.method = "PUT";
  request.headers = {{"Authorization", "PVEAPIToken=x"}};
  request.body = std::string(5'000, 'b');
  response(fetch(env, request));
  const auto sent = server.requests().at(0);
  EXPECT_EQ(sent.rfind("PUT /path/%2F?q=1 HTTP/1.1\r\n", 0), 0u);
  EXPECT_NE(sent.find("Authorization: PVEAPIToken=x\r\n"), std::string::npos);
  EXPECT_EQ(sent.find("Expect"), std::string::npos);
  EXPECT_EQ(sent.substr(sent.find("\r\n\r\n") + 4), request.body);
}

TEST(Http, sends_an_empty_post_and_a_delete) {
  TinyServer server([](const std::string&) { return ok(""); });
  CurlEnv env;
  for (const char* method : {"POST", "DELETE"}) {
    auto request = get(server.url("/x"));
    request.method = method;
    EXPECT_EQ(response(fetch(env, request)).status, 200);
  }
  EXPECT_NE(server.requests().at(0).find("Content-Length: 0"), std::string::npos);
  EXPECT_EQ(server.requests().at(1).rfind("DELETE /x ", 0), 0u);
}

TEST(Http, keeps_a_connection) {
  TinyServer server([](const std::string&) { return ok("x"); });
  CurlEnv env;
  for (int i = 0; i < 10; ++i) response(fetch(env, get(server.url("/"))));
  EXPECT_EQ(server.connections(), 1);
}

Task<int> many(Env* env, std::string url, int count, int connections) {
  std::vector<Task<HttpResult>> tasks;
  for (int i = 0; i < count; ++i) {
    auto request = get(url);
    request.connections = connections;
    tasks.push_back(env->http(std::move(request)));
  }
  auto all = gather(std::move(tasks));
  const auto results = co_await all;
  int good = 0;
  for (const auto& result : results) good += std::holds_alternative<HttpResponse>(result) ? 1 : 0;
  co_return good;
}

TEST(Http, opens_no_more_connections_to_a_host_than_allowed) {
  TinyServer server([](const std::string&) {
    ::usleep(2'000);
    return ok("x");
  });
  CurlEnv env;
  EXPECT_EQ(env.drive(many(&env, server.url("/"), 60, 3)), 60);
  EXPECT_LE(server.most_at_once(), 3);
  EXPECT_LE(server.connections(), 3);
}

TEST(Http, follows_no_redirect) {
  TinyServer elsewhere([](const std::string&) { return ok("stolen"); });
  TinyServer server([&](const std::string&) {
    return "HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url("/") + "\r\nContent-Length: 0\r\n\r\n";
  });
  CurlEnv env;
  EXPECT_EQ(response(fetch(env, get(server.url("/")))).status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST(Http, speaks_http_and_https_only) {
  CurlEnv env;
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "telnet://127.0.0.1/"}) {
    EXPECT_NE(failure(fetch(env, get(url))).message, "it succeeded") << url;
  }
}

TEST(Http, cuts_an_answer_that_is_too_long) {
  TinyServer server([](const std::string&) {
    std::string chunks;
    for (int i = 0; i < 100; ++i) chunks += "2710\r\n" + std::string(10'000, 'x') + "\r\n";
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n";
  });
  CurlEnv env;
  auto request = get(server.url("/"));
  request.max_answer = 50'000;
  const auto failed = failure(fetch(env, request));
  EXPECT_EQ(failed.kind, HttpFailure::Kind::too_large);
  EXPECT_TRUE(failed.may_have_run);
  EXPECT_EQ(failed.message, "the answer is longer than 50000 bytes");
}

TEST(Http, tells_what_cannot_have_run_from_what_may) {
  std::uint16_t closed = 0;
  {
    closed = TinyServer([](const std::string&) { return std::string(); }).port();
  }
  CurlEnv env;
  const auto refused = failure(fetch(env, get("http://127.0.0.1:" + std::to_string(closed) + "/")));
  EXPECT_EQ(refused.kind, HttpFailure::Kind::refused);
  EXPECT_FALSE(refused.may_have_run);

  TinyServer hangs_up([](const std::string&) { return std::string(); });
  auto request = get(hangs_up.url("/"));
  request.method = "POST";
  const auto reset = failure(fetch(env, request));
  EXPECT_EQ(reset.kind, HttpFailure::Kind::reset);
  EXPECT_TRUE(reset.may_have_run);

  const auto unresolved = failure(fetch(env, get("http://nmx.invalid/")));
  EXPECT_EQ(unresolved.kind, HttpFailure::Kind::unresolved);
  EXPECT_FALSE(unresolved.may_have_run);
}

TEST(Http, a_post_that_may_have_run_is_not_sent_again_by_itself) {
  std::atomic<int> count = 0;
  TinyServer server([&](const std::string&) { return ++count == 1 ? ok("x") : std::string(); });
  CurlEnv env;
  auto request = get(server.url("/"));
  request.method = "POST";
  EXPECT_EQ(response(fetch(env, request)).status, 200);
  // The kept connection dies after the request was read.
  const auto failed = failure(fetch(env, request));
  EXPECT_EQ(failed.kind, HttpFailure::Kind::reset);
  EXPECT_TRUE(failed.may_have_run);
  EXPECT_EQ(count, 2);
}

TEST(Http, gives_up_after_its_timeout) {
  std::atomic<bool> over = false;
  TinyServer server([&](const std::string&) {
    while (!over) ::usleep(1'000);
    return std::string();
  });
  CurlEnv env;
  auto request = get(server.url("/"));
  request.timeout = Milliseconds{50};
  const auto failed = failure(fetch(env, request));
  over = true;
  EXPECT_EQ(failed.kind, HttpFailure::Kind::timeout);
  EXPECT_TRUE(failed.may_have_run);
}

TEST(Http, streams_a_file_after_the_form_fields) {
  TinyServer server([](const std::string&) { return ok(""); });
  auto pattern = std::string("/tmp/nmx-upload-XXXXXX");
  ::close(::mkstemp(pattern.data()));
  std::ofstream(pattern) << std::string(300'000, 'f');
  CurlEnv env;
  auto request = get(server.url("/upload"));
  request.method = "POST";
  request.form_fields = {{"content", "vztmpl"}, {"checksum", "abc"}};
  request.upload_path = pattern;
  request.upload_name = "debian.tar.zst";
  EXPECT_EQ(response(fetch(env, request)).status, 200);
  std::remove(pattern.c_str());
  const auto sent = server.requests().at(0);
  const auto field = sent.find("name=\"content\"\r\n\r\nvztmpl");
  const auto file = sent.find("name=\"filename\"; filename=\"debian.tar.zst\"");
  ASSERT_NE(field, std::string::npos);
  ASSERT_NE(file, std::string::npos);
  EXPECT_LT(field, file);
  EXPECT_NE(sent.find(std::string(300'000, 'f')), std::string::npos);
}

Task<bool> dropped(Env* env, std::string url) {
  auto racing = within(env, Milliseconds{20}, env->http(get(url)));
  const auto result = co_await racing;
  co_return !result;
}

TEST(Http, a_request_that_nobody_waits_for_is_dropped_and_frees_its_place) {
  std::atomic<bool> slow = true;
  TinyServer server([&](const std::string&) {
    while (slow) ::usleep(1'000);
    return ok("x");
  });
  CurlEnv env;
  EXPECT_TRUE(env.drive(dropped(&env, server.url("/"))));
  slow = false;
  auto request = get(server.url("/"));
  request.connections = 1;
  EXPECT_EQ(response(fetch(env, request)).status, 200);
}

TEST(Http, guests_of_the_lab_answer_on_loopback) {
  using Place = std::pair<std::string, std::uint16_t>;
  const auto lab = connect_to_from("lab");
  EXPECT_EQ(lab("10.1.2.3", 443), Place("127.1.2.3", 20443));
  EXPECT_EQ(lab("10.1.2.3", 8080), Place("127.1.2.3", 8080));
  EXPECT_EQ(lab("127.0.0.1", 443), Place("127.0.0.1", 443));
  EXPECT_EQ(lab("example.com", 443), Place("example.com", 443));
  EXPECT_EQ(connect_to_from("lab:21024")("10.1.2.3", 22), Place("127.1.2.3", 21046));
  EXPECT_EQ(connect_to_from(""), nullptr);
}

TEST(Http, connects_where_a_guest_of_the_lab_answers) {
  TinyServer server([](const std::string&) { return ok("guest"); });
  ::setenv("NMX_CONNECT_TO", "lab", 1);
  CurlEnv env;
  ::unsetenv("NMX_CONNECT_TO");
  const auto url = "http://10.0.0.1:" + std::to_string(server.port()) + "/";
  EXPECT_EQ(response(fetch(env, get(url))).body, "guest");
  EXPECT_NE(server.requests().at(0).find("Host: 10.0.0.1:"), std::string::npos);
}

TEST(Http, the_log_tells_what_happened_and_no_secret) {
  TinyServer server([](const std::string&) { return ok("answer-canary"); });
  ::setenv("NMX_LOG", "debug", 1);
  CurlEnv env;
  ::unsetenv("NMX_LOG");
  auto request = get(server.url("/api2/json/access/ticket?password=query-canary"));
  request.method = "POST";
  request.headers = {{"Authorization", "header-canary"}};
  request.body = "body-canary";
  testing::internal::CaptureStderr();
  response(fetch(env, request));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("POST " + server.url("/api2/json/access/ticket") + " -> 200 OK"), std::string::npos) << log;
  EXPECT_EQ(log.find("canary"), std::string::npos) << log;
}

}  // namespace
}  // namespace nmx
