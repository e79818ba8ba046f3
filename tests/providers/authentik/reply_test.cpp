#include "providers/authentik/reply.hpp"

#include <gtest/gtest.h>

namespace nmx::authentik {
namespace {

Reply reply(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.reason = "Reason";
  response.body = std::move(body);
  return read_answer(response, "POST /x/");
}

TEST(AuthentikReply, tells_what_is_wrong_with_which_field) {
  EXPECT_EQ(reply(400, R"({"name": ["This field is required."], "code": "invalid"})").message,
            "name: This field is required.");
  EXPECT_EQ(reply(400, R"({"non_field_errors": ["One.", "Two."]})").message, "One.; Two.");
  EXPECT_EQ(reply(400, R"({"redirect_uris": [{}, {"url": ["Enter a URL."]}]})").message,
            "redirect_uris[1].url: Enter a URL.");
  EXPECT_EQ(reply(403, R"({"detail": "Token invalid/expired"})").message, "Token invalid/expired");
}

TEST(AuthentikReply, tells_apart_what_was_refused_and_what_may_have_been_done) {
  EXPECT_EQ(reply(200, "{}").kind, Reply::Kind::ok);
  EXPECT_EQ(reply(204, "").kind, Reply::Kind::ok);
  EXPECT_EQ(reply(400, "{}").kind, Reply::Kind::refused);
  EXPECT_EQ(reply(429, "").kind, Reply::Kind::unreachable);
  EXPECT_EQ(reply(503, "").kind, Reply::Kind::unreachable);
  EXPECT_EQ(reply(500, "<h1>Server Error</h1>").kind, Reply::Kind::lost);
  EXPECT_EQ(reply(502, "").kind, Reply::Kind::lost);
  EXPECT_EQ(read_answer(HttpFailure{HttpFailure::Kind::refused, false, "refused"}, "").kind, Reply::Kind::unreachable);
  EXPECT_EQ(read_answer(HttpFailure{HttpFailure::Kind::reset, true, "reset"}, "").kind, Reply::Kind::lost);
}

TEST(AuthentikReply, takes_only_404_for_absence) {
  EXPECT_TRUE(reply(404, R"({"detail": "No Group matches the given query."})").absent());
  EXPECT_FALSE(reply(403, "{}").absent());
  EXPECT_FALSE(reply(502, "").absent());
}

TEST(AuthentikReply, is_no_answer_of_authentik_where_it_is_a_page_or_leads_elsewhere) {
  EXPECT_NE(reply(200, "<html>").message.find("does the `url` lead somewhere else?"), std::string::npos);
  HttpResponse moved;
  moved.status = 301;
  moved.headers.emplace_back("Location", "https://auth.example.com/");
  EXPECT_EQ(read_answer(moved, "").message, "it leads to https://auth.example.com/");
}

TEST(AuthentikReply, bounds_what_it_repeats) {
  std::string many = "[";
  for (int i = 0; i < 10'000; ++i) many += "\"word\",";
  EXPECT_LT(reply(400, "{\"x\": " + many + "\"end\"]}").message.size(), 3'000u);
}

}  // namespace
}  // namespace nmx::authentik
