#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "planner/runtime/env.hpp"

namespace nmx {

/// Who signs requests to AWS or a server that speaks its language.
struct AwsCredentials {
  std::string access_key;
  std::string secret_key;
  /// Of temporary credentials; else empty.
  std::string session_token;
};

/// Percent-encodes all but the unreserved characters, as AWS wants it; a path keeps its slashes.
enum class AwsPart { path, query };
std::string aws_encoded(std::string_view text, AwsPart part);

/// Whether a signature covers the body: S3 wants the body's hash in a header of its own.
enum class AwsBody { hashed, hashed_in_header };

/// Adds the headers of AWS Signature Version 4. The URL's path and query are encoded by `aws_encoded` already; what
/// stands in `request.headers` is signed too. `wall_ms`: the time, which the server compares with its own.
/// Source: AWS General Reference, Signature Version 4 signing process
void sign_aws(HttpRequest& request, const AwsCredentials& who, std::string_view region, std::string_view service,
              std::int64_t wall_ms, AwsBody body = AwsBody::hashed_in_header);

}  // namespace nmx
