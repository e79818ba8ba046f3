#pragma once

#include <filesystem>
#include <string>

namespace nmx::lab {

/// A certificate of its own for 127.0.0.1 and localhost.
struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
  /// SHA-256 of the DER form, `4F:…:9A`.
  std::string fingerprint;
};

/// Reads the certificate of a folder; makes one, for ten years, where there is none. Throws std::runtime_error where
/// the folder cannot be written.
Certificate certificate_in(const std::filesystem::path& folder);

}  // namespace nmx::lab
