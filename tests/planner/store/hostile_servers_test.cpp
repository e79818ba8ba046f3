#include <fmt/core.h>

#include <atomic>
#include <map>
#include <mutex>

#include "planner/store/http_shelf.hpp"
#include "planner/store/postgres_shelf.hpp"
#include "planner/store/s3_shelf.hpp"
#include "tests/planner/store/backends.hpp"
#include "tests/support/tiny_server.hpp"

// Servers that do not keep what a backend needs of them, and servers in trouble.
namespace nmx::test {
namespace {

template <typename T>
T run(Task<T> task) {
  return env().drive(std::move(task));
}

/// An S3 server that takes every write, or looks at the condition first and writes later.
class CarelessS3 {
 public:
  enum class Kind { ignores_all, ignores_if_match, looks_then_writes };
  explicit CarelessS3(Kind kind)
      : kind_(kind), server_([this](const std::string& request) { return answer(request); }) {}
  std::unique_ptr<Shelf> shelf() const {
    return s3_shelf({server_.url(""), "us-east-1", "nmx", "", {"key", "secret", ""}, {}}, env());
  }

 private:
  std::string answer(const std::string& request) {
    const auto path = request.substr(request.find(' ') + 1, request.find(' ', request.find(' ') + 1));
    const auto name = path.substr(0, path.find(' '));
    const auto body = request.substr(request.find("\r\n\r\n") + 4);
    if (request.rfind("PUT", 0) == 0) {
      if (!allowed(request, name)) return "HTTP/1.1 412 No\r\nContent-Length: 0\r\n\r\n";
      if (kind_ == Kind::looks_then_writes) std::this_thread::sleep_for(std::chrono::milliseconds(30));
      const std::lock_guard guard(mutex_);
      objects_[name] = {body, fmt::format("\"{}\"", ++writes_)};
      return ok("", "ETag: " + objects_[name].second + "\r\n");
    }
    const std::lock_guard guard(mutex_);
    if (request.rfind("DELETE", 0) == 0) return objects_.erase(name), "HTTP/1.1 204 OK\r\n\r\n";
    const auto found = objects_.find(name);
    if (found == objects_.end()) return "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
    return ok(found->second.first, "ETag: " + found->second.second + "\r\n");
  }
  bool allowed(const std::string& request, const std::string& name) {
    if (kind_ == Kind::ignores_all) return true;
    const std::lock_guard guard(mutex_);
    const auto found = objects_.find(name);
    if (request.find("If-None-Match: *") != std::string::npos) return found == objects_.end();
    if (kind_ == Kind::ignores_if_match) return true;
    return found != objects_.end() && request.find("If-Match: " + found->second.second) != std::string::npos;
  }

  Kind kind_;
  std::mutex mutex_;
  std::map<std::string, std::pair<std::string, std::string>> objects_;
  int writes_ = 0;
  TinyServer server_;
};

TEST(CarelessS3, that_ignores_conditions_is_refused) {
  for (const auto kind : {CarelessS3::Kind::ignores_all, CarelessS3::Kind::ignores_if_match}) {
    const CarelessS3 server(kind);
    const auto proven = run(server.shelf()->prove());
    ASSERT_FALSE(proven);
    EXPECT_NE(proven.error().message.find("lets several writers"), std::string::npos) << proven.error().message;
    EXPECT_NE(proven.error().help.find("postgres"), std::string::npos);
  }
}

TEST(CarelessS3, that_compares_but_not_in_one_step_is_refused) {
  const CarelessS3 server(CarelessS3::Kind::looks_then_writes);
  const auto proven = run(server.shelf()->prove());
  ASSERT_FALSE(proven);
  EXPECT_NE(proven.error().message.find("If-None-Match"), std::string::npos) << proven.error().message;
}

TEST(CarelessS3, keeps_no_state_and_gives_no_lock) {
  const CarelessS3 server(CarelessS3::Kind::ignores_all);
  EXPECT_FALSE(run(store_on(server.shelf())->read()));
  EXPECT_FALSE(run(store_on(server.shelf())->lock("ann", 0)));
}

TEST(S3, says_when_the_login_is_wrong_without_showing_it) {
  const auto endpoint = ceph_endpoint();
  if (endpoint.empty()) GTEST_SKIP() << "Ceph is not here";
  const auto shelf = s3_shelf({endpoint, "us-east-1", "nmx", "", {"ann-key", "wrong-canary", ""}, {}}, env());
  const auto read = run(shelf->get("prod/state"));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("403"), std::string::npos) << read.error().message;
  EXPECT_EQ(read.error().message.find("canary"), std::string::npos);
  const auto lost = s3_shelf({endpoint, "us-east-1", "no-such-bucket", "", {"ann-key", "ann-secret", ""}, {}}, env());
  EXPECT_NE(run(lost->get("prod/state")).error().message.find("NoSuchBucket"), std::string::npos);
}

HttpSettings of(const StateServer& server) {
  HttpSettings settings;
  settings.url = server.url();
  settings.username = StateServer::username;
  settings.password = StateServer::password;
  return settings;
}

TEST(Http, a_lost_answer_to_a_write_is_found_out) {
  StateServer server(StateServer::Kind::gitlab);
  const auto store = store_on(http_shelf(of(server), env()));
  auto state = *run(store->read());
  ASSERT_TRUE(run(store->lock("ann", 0)));
  server.lose_answers(1);
  ++state.serial;
  const auto saved = run(store->save(state));
  EXPECT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(run(store->read())->serial, state.serial);
  EXPECT_TRUE(run(store->release()));
}

TEST(Http, that_forgets_its_document_does_not_make_nmx_begin_anew) {
  StateServer server(StateServer::Kind::gitlab);
  const auto store = store_on(http_shelf(of(server), env()));
  auto state = *run(store->read());
  ASSERT_TRUE(run(store->lock("ann", 0)));
  ++state.serial;
  ASSERT_TRUE(run(store->save(state)));
  server.replace_document("");
  ++state.serial;
  const auto saved = run(store->save(state));
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().message.find("holds an older state"), std::string::npos) << saved.error().message;
}

TEST(Http, a_server_that_is_busy_for_a_while_is_waited_for) {
  StateServer server(StateServer::Kind::plain);
  auto settings = of(server);
  settings.lock_url = settings.url;
  settings.lock_method = "LOCK";
  settings.unlock_method = "UNLOCK";
  const auto store = store_on(http_shelf(settings, env()));
  server.be_busy(2);
  EXPECT_TRUE(run(store->read()));
}

TEST(Http, a_server_without_locks_is_refused) {
  TinyServer server([](const std::string& request) {
    return request.rfind("GET", 0) == 0 ? "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
                                        : "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n";
  });
  HttpSettings settings;
  settings.url = server.url("/state");
  const auto locked = run(store_on(http_shelf(settings, env()))->lock("ann", 0));
  ASSERT_FALSE(locked);
  EXPECT_NE(locked.error().help.find("cannot be locked"), std::string::npos) << locked.error().help;
}

TEST(Http, shows_no_password_and_says_what_to_check) {
  StateServer server(StateServer::Kind::gitlab);
  auto settings = of(server);
  settings.password = "wrong-canary";
  const auto read = run(store_on(http_shelf(settings, env()))->read());
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("401"), std::string::npos);
  EXPECT_EQ(read.error().message.find("canary"), std::string::npos);
  EXPECT_NE(read.error().help.find("who logs in"), std::string::npos);
}

TEST(Http, a_state_of_terraform_is_left_alone) {
  StateServer server(StateServer::Kind::gitlab);
  server.replace_document(R"({"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"x","resources":[]})");
  const auto read = run(store_on(http_shelf(of(server), env()))->read());
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("a state of Terraform"), std::string::npos);
}

TEST(Http, a_lock_of_terraform_is_respected) {
  StateServer server(StateServer::Kind::gitlab);
  HttpRequest lock;
  lock.method = "POST";
  lock.url = server.url() + "/lock";
  lock.headers = {{"Authorization", "Basic YW5uOmdscGF0LWNhbmFyeQ=="}};
  lock.body =
      R"({"ID":"7f","Operation":"OperationTypeApply","Info":"","Who":"eve@ci","Version":"1.11.4","Created":"2025-06-01T12:00:00Z","Path":""})";
  ASSERT_TRUE(std::holds_alternative<HttpResponse>(run(env().http(lock))));
  const auto store = store_on(http_shelf(of(server), env()));
  const auto locked = run(store->lock("ann", env().wall_ms()));
  ASSERT_FALSE(locked);
  EXPECT_NE(locked.error().message.find("eve@ci"), std::string::npos) << locked.error().message;
  EXPECT_TRUE(run(store->unlock("7f")));
}

TEST(Postgres, says_what_is_wrong_with_the_connection_at_once) {
  const auto shelf =
      postgres_shelf({"postgresql://nmx:secret-canary@127.0.0.1:1/nmx?connect_timeout=1", "home"}, env());
  const auto read = run(shelf->get("prod/state"));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("cannot connect"), std::string::npos) << read.error().message;
  EXPECT_EQ(read.error().message.find("canary"), std::string::npos) << read.error().message;
}

TEST(Postgres, shows_no_password_of_a_connection_string_that_is_none) {
  // libpq would name what it takes for the port, or the option: with a `/` in the password, that is a part of it.
  for (const auto* url : {"no such canary", "postgresql://nmx:pass/canary@127.0.0.1:1/nmx", "host=::1 canary=secret"}) {
    const auto shelf = postgres_shelf({url, "home"}, env());
    const auto nonsense = run(shelf->get("prod/state"));
    ASSERT_FALSE(nonsense);
    EXPECT_NE(nonsense.error().message.find("`url`"), std::string::npos) << nonsense.error().message;
    EXPECT_EQ((nonsense.error().message + nonsense.error().help + shelf->place()).find("canary"), std::string::npos);
  }
}

TEST(Postgres, says_where_it_is_before_it_is_there) {
  const auto shelf = postgres_shelf({"postgresql://nmx:canary@db.lan:5433/site", "home"}, env());
  EXPECT_EQ(shelf->place(), "database site of PostgreSQL at db.lan, name home");
}

}  // namespace
}  // namespace nmx::test
