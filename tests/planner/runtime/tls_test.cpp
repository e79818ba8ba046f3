#include "planner/runtime/tls_trust.hpp"

#include "planner/runtime/curl_env.hpp"
#include "tests/support/tiny_server.hpp"

namespace nmx {
namespace {

using test::ok;
using test::TinyServer;

class Tls : public testing::Test {
 protected:
  HttpResult fetch(TlsTrust trust) {
    HttpRequest request;
    request.method = "GET";
    request.url = server.url("/");
    request.trust = std::move(trust);
    return env.drive(env.http(std::move(request)));
  }
  static std::string refusal(const HttpResult& result) {
    const auto* failed = std::get_if<HttpFailure>(&result);
    if (failed == nullptr) return "it was trusted";
    EXPECT_EQ(failed->kind, HttpFailure::Kind::tls);
    EXPECT_FALSE(failed->may_have_run);
    return failed->message;
  }
  TinyServer server{[](const std::string&) { return ok("x"); }, TinyServer::Transport::tls};
  CurlEnv env;
};

TEST_F(Tls, trusts_a_pinned_leaf) {
  EXPECT_TRUE(std::holds_alternative<HttpResponse>(fetch({"", server.fingerprint()})));
}

TEST_F(Tls, shows_both_fingerprints_where_they_differ) {
  EXPECT_EQ(refusal(fetch({"", std::string(32, '\x5a')})),
            "its certificate has the fingerprint " + fingerprint_text(server.fingerprint()) + ", not the pinned " +
                fingerprint_text(std::string(32, '\x5a')));
}

TEST_F(Tls, a_pin_decides_even_where_the_authority_would_vouch) {
  EXPECT_NE(refusal(fetch({server.certificate(), std::string(32, '\x5a')})).find("not the pinned"), std::string::npos);
}

TEST_F(Tls, trusts_what_the_given_authority_signed) {
  EXPECT_TRUE(std::holds_alternative<HttpResponse>(fetch({server.certificate(), ""})));
}

TEST_F(Tls, refuses_what_nobody_vouches_for_and_names_its_fingerprint) {
  const auto message = refusal(fetch({}));
  EXPECT_NE(message.find("self-signed certificate"), std::string::npos) << message;
  EXPECT_NE(message.find(fingerprint_text(server.fingerprint())), std::string::npos) << message;
}

TEST_F(Tls, a_connection_of_one_trust_is_not_used_by_another) {
  EXPECT_TRUE(std::holds_alternative<HttpResponse>(fetch({"", server.fingerprint()})));
  EXPECT_NE(refusal(fetch({"", std::string(32, '\x5a')})), "it was trusted");
  EXPECT_NE(refusal(fetch({})), "it was trusted");
  EXPECT_TRUE(std::holds_alternative<HttpResponse>(fetch({"", server.fingerprint()})));
  EXPECT_NE(refusal(fetch({"", std::string(32, '\x5a')})), "it was trusted");
}

TEST(Fingerprint, is_written_as_servers_show_it_and_read_back) {
  const std::string bytes = std::string(31, '\x0f') + '\xab';
  EXPECT_EQ(fingerprint_text(bytes).substr(90), "0F:AB");
  EXPECT_EQ(*parse_fingerprint(fingerprint_text(bytes)), bytes);
  EXPECT_FALSE(parse_fingerprint("0F:AB"));
  EXPECT_FALSE(parse_fingerprint("hello"));
}

}  // namespace
}  // namespace nmx
