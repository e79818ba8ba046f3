#pragma once

#include <memory>
#include <string>

#include "planner/store/shelf.hpp"
#include "planner/store/sigv4.hpp"

namespace nmx {

struct S3Settings {
  /// `https://s3.eu-central-1.amazonaws.com`, without a path.
  std::string endpoint;
  std::string region;
  std::string bucket;
  /// What all names begin with: `nmx/`.
  std::string prefix;
  AwsCredentials who;
  TlsTrust trust;
};

/// Documents as objects of a bucket, replaced by conditional writes (`If-Match`, `If-None-Match`).
std::unique_ptr<Shelf> s3_shelf(S3Settings settings, Env& env);

}  // namespace nmx
