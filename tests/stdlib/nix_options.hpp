#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx::test {

/// The options of a NixOS release, as its manual lists them: name to type in words (`null or string`).
class NixOptions {
 public:
  /// False: the file is not there.
  bool read(const std::filesystem::path& file);

  /// An option that was looked up elsewhere.
  void add(std::string name, std::string type) { types_.insert_or_assign(std::move(name), std::move(type)); }

  struct Findings {
    /// Options that do not exist or do not take the value, each as a sentence.
    std::vector<std::string> mistakes;
    /// Parts of which the list says nothing: `services.authentik`.
    std::vector<std::string> unknown;
  };
  /// Compares a module's settings with the options.
  Findings check(const Value& module) const;

 private:
  using Path = std::vector<std::string>;
  /// Whether settings that are no options are refused or, as in freeform settings, taken.
  enum class Others { refused, taken };
  void walk(const Object& settings, Others others, Path& path, Findings& findings) const;
  void option(const std::string& name, const Value& value, Path& path, Findings& findings) const;
  /// The option's name as the list writes it, `users.users.<name>.uid` for `users.users.ada.uid`; empty: none.
  std::string listed(const Path& path) const;
  /// Whether options stand below it.
  bool is_above(const std::string& prefix) const;

  std::map<std::string, std::string, std::less<>> types_;
};

/// Whether a value is one that a type in the words of the NixOS manual takes. Types in words that are not known here
/// take everything.
bool fits(std::string_view type, const Value& value);

}  // namespace nmx::test
