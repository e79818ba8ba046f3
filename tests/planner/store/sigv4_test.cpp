#include "planner/store/sigv4.hpp"

#include <algorithm>

namespace nmx {
namespace {

// AWS's published test suite of Signature Version 4 and the examples of the S3 documentation.
const AwsCredentials suite{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
constexpr std::int64_t suite_time = 1'440'938'160'000;  // 20150830T123600Z
const AwsCredentials documentation{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
constexpr std::int64_t documentation_time = 1'369'353'600'000;  // 20130524T000000Z

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string signature(const HttpRequest& request) {
  const auto value = header(request, "Authorization");
  return value.substr(value.rfind('=') + 1);
}

HttpRequest made(std::string method, std::string url, std::vector<std::pair<std::string, std::string>> headers = {},
                 std::string body = {}) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.headers = std::move(headers);
  request.body = std::move(body);
  return request;
}

std::string of_suite(HttpRequest request) {
  sign_aws(request, suite, "us-east-1", "service", suite_time, AwsBody::hashed);
  return signature(request);
}

TEST(SigV4, agrees_with_the_published_suite) {
  EXPECT_EQ(of_suite(made("GET", "https://example.amazonaws.com/")),
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");  // get-vanilla
  EXPECT_EQ(of_suite(made("POST", "https://example.amazonaws.com/")),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");  // post-vanilla
  EXPECT_EQ(of_suite(made("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1")),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");  // get-vanilla-query-order-key-case
  EXPECT_EQ(of_suite(made("POST", "https://example.amazonaws.com/", {{"My-Header1", "VALUE1"}})),
            "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d");  // post-header-value-case
}

TEST(SigV4, agrees_with_the_examples_of_s3) {
  auto get = made("GET", "https://examplebucket.s3.amazonaws.com/test.txt", {{"Range", "bytes=0-9"}});
  sign_aws(get, documentation, "us-east-1", "s3", documentation_time);
  EXPECT_EQ(header(get, "Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  auto put = made("PUT", "https://examplebucket.s3.amazonaws.com/" + aws_encoded("test$file.text", AwsPart::path),
                  {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                  "Welcome to Amazon S3.");
  sign_aws(put, documentation, "us-east-1", "s3", documentation_time);
  EXPECT_EQ(signature(put), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  auto lifecycle = made("GET", "https://examplebucket.s3.amazonaws.com/?lifecycle");
  sign_aws(lifecycle, documentation, "us-east-1", "s3", documentation_time);
  EXPECT_EQ(signature(lifecycle), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  auto list = made("GET", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");
  sign_aws(list, documentation, "us-east-1", "s3", documentation_time);
  EXPECT_EQ(signature(list), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, signs_the_token_of_temporary_credentials) {
  auto who = suite;
  who.session_token = "token";
  auto request = made("GET", "https://example.amazonaws.com/");
  sign_aws(request, who, "us-east-1", "s3", suite_time);
  EXPECT_EQ(header(request, "X-Amz-Security-Token"), "token");
  EXPECT_NE(header(request, "Authorization").find("x-amz-security-token"), std::string::npos);
}

TEST(SigV4, encodes_all_but_what_is_unreserved) {
  EXPECT_EQ(aws_encoded("a b/ü+~", AwsPart::path), "a%20b/%C3%BC%2B~");
  EXPECT_EQ(aws_encoded("a/b=c", AwsPart::query), "a%2Fb%3Dc");
}

TEST(SigV4, never_shows_the_secret_key) {
  auto request = made("PUT", "https://example.amazonaws.com/x", {}, "body");
  sign_aws(request, suite, "us-east-1", "s3", suite_time);
  for (const auto& [name, value] : request.headers) EXPECT_EQ(value.find("wJalrX"), std::string::npos);
}

}  // namespace
}  // namespace nmx
