#include "providers/authentik/settings.hpp"

#include <gtest/gtest.h>

namespace nmx::authentik {
namespace {

std::string base_of(const char* url) {
  const auto access = read_settings(Object{{"url", url}, {"token", "t"}});
  return access ? access->base : access.error().message;
}

TEST(AuthentikSettings, appends_the_path_of_the_api_where_it_is_missing) {
  EXPECT_EQ(base_of("https://auth.example.com"), "https://auth.example.com/api/v3");
  EXPECT_EQ(base_of("https://auth.example.com/"), "https://auth.example.com/api/v3");
  EXPECT_EQ(base_of("https://example.com/auth/"), "https://example.com/auth/api/v3");
  EXPECT_EQ(base_of("https://auth.example.com/api/v3/"), "https://auth.example.com/api/v3");
  EXPECT_EQ(base_of("http://10.0.0.5:9000"), "http://10.0.0.5:9000/api/v3");
}

TEST(AuthentikSettings, refuses_what_is_no_address) {
  EXPECT_EQ(base_of("auth.example.com"),
            "`url` is `auth.example.com`, which begins with neither `https://` nor `http://`");
  EXPECT_EQ(base_of("https://"), "`url` names no host");
  EXPECT_EQ(base_of("https:///"), "`url` names no host");
  EXPECT_EQ(base_of("https://auth.example.com/?x"),
            "`url` is `https://auth.example.com/?x`; it takes no `?` and no `#`");
}

TEST(AuthentikSettings, refuses_a_token_that_could_be_no_header) {
  EXPECT_FALSE(read_settings(Object{{"url", "https://a.b"}, {"token", ""}}));
  EXPECT_FALSE(read_settings(Object{{"url", "https://a.b"}, {"token", "a\r\nX-Evil: 1"}}));
}

}  // namespace
}  // namespace nmx::authentik
