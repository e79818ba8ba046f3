#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nmx {

/// Where a command reads and writes.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

/// What `nmx` ends with. Source: planner design, "Exit codes".
enum class Exit { done = 0, error = 1, changes = 2, not_approved = 3, interrupted = 130 };

/// `-name VALUE`, or `-name` alone where `value` is empty.
struct Option {
  std::string name;
  std::string value;
  std::string doc;
  bool repeated = false;
};
/// An argument without a name.
struct Positional {
  std::string name;
  std::string doc;
  bool required = false;
  bool repeated = false;
};

/// What was given on the command line.
struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>> given;

  bool flag(std::string_view name) const { return given.contains(name); }
  /// The last one given.
  std::optional<std::string> value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;
};

struct Context;

/// One verb: a row of the table in app.cpp, carried out by commands/<verb>.cpp.
struct Command {
  /// `plan`, `state list`.
  std::string name;
  std::string summary;
  std::vector<Positional> positionals;
  std::vector<Option> options;
  Exit (*run)(Context&);
};

}  // namespace nmx
