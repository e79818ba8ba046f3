#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "providers/secret/derived_bytes.hpp"

namespace nmx::secret {

/// What a secret is made of; every field but `kind` is read by some kinds only.
struct Recipe {
  std::string kind;  // `password`, `bytes`, `uuid`, `ed25519`, `x25519`, `age`, `htpasswd`
  std::size_t length = 32;
  std::string characters = {};
  std::string encoding = {};  // `base64`, `base64url`, `hex`
  std::string user = {};
  std::string password = {};
  std::string comment = {};
};

struct Generated {
  std::string value;
  /// The half of a key pair that may be shown; empty where there is none.
  std::string public_part;
};

/// The letters and digits: what a password is made of where nothing else is asked for.
extern const std::string_view letters_and_digits;

/// Makes the secret. The same bytes give the same secret. Errors: a recipe that makes none.
Result<Generated> generate(const Recipe& recipe, DerivedBytes& bytes);

}  // namespace nmx::secret
