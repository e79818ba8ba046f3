#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lang/value/function.hpp"

namespace nmx {

/// The real files and environment variables. Each is read once and remembered, and what was used can be listed.
class SystemInputs : public Inputs {
 public:
  /// A path that begins with `~/` is below `HOME`. With a slash at its end it is a folder: the names of the files in
  /// it at any depth, in rising order, a line each. Errors: unreadable, not UTF-8, over 8 MiB.
  Result<std::string> file(const std::filesystem::path& path) override;
  Result<std::string> binary(const std::filesystem::path& path) override;
  std::optional<std::string> environment(const std::string& name) override;

  /// What was asked for, with what it held at the time; nothing where it was absent.
  const std::map<std::string, std::optional<std::string>>& files() const { return files_; }
  const std::map<std::string, std::optional<std::string>>& variables() const { return variables_; }

 private:
  std::map<std::string, std::optional<std::string>> files_;
  std::map<std::string, Error> refusals_;
  std::map<std::string, std::optional<std::string>> variables_;
};

}  // namespace nmx
