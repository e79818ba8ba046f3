#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nmx {

/// Every byte outside the unreserved ones as %XX: nothing that a server splits at (`=`, `&`, `;`, `+`, `,`) survives.
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text);

/// Parameters of one request in the order they are set. A name stands at most once.
class Form {
 public:
  Form() = default;
  /// Replaces what was set under this name.
  void set(std::string_view name, std::string value);
  void set(std::string_view name, const char* value) { set(name, std::string(value)); }
  void set(std::string_view name, std::int64_t value) { set(name, std::to_string(value)); }
  void set(std::string_view name, int value) { set(name, std::to_string(value)); }
  void set(std::string_view name, bool value) { set(name, std::string(value ? "1" : "0")); }
  /// As `set`, and logs show `(secret)` instead of the value.
  void set_secret(std::string_view name, std::string value);
  const std::string* find(std::string_view name) const;
  bool empty() const { return fields_.empty(); }

  /// For a multipart body.
  std::vector<std::pair<std::string, std::string>> fields() const;
  /// `application/x-www-form-urlencoded`.
  std::string encoded() const;
  /// The same for logs: secret values replaced.
  std::string redacted() const;

 private:
  struct Field {
    std::string name;
    std::string value;
    bool secret = false;
  };
  void put(std::string_view name, std::string value, bool secret);
  std::vector<Field> fields_;
};

}  // namespace nmx
