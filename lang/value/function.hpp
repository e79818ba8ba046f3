#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/operators.hpp"
#include "lang/value/type.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// The only things outside the configuration that an expression may read. Each is read once a run and remembered, so
/// that a plan is made from one version of everything and can list what it used.
class Inputs {
 public:
  virtual ~Inputs() = default;
  /// Errors: unreadable, not UTF-8, over 8 MiB.
  virtual Result<std::string> file(const std::filesystem::path& path) = 0;
  virtual std::optional<std::string> environment(const std::string& name) = 0;
  /// Like `file`, but of any content.
  virtual Result<std::string> binary(const std::filesystem::path& path) { return file(path); }
  virtual bool exists(const std::filesystem::path& path) { return file(path).has_value(); }
};

/// What a call may use besides its arguments.
struct CallContext {
  /// Of the file in which the call stands; `file("x")` is relative to it.
  std::filesystem::path directory;
  Inputs& inputs;
};

struct Parameter {
  std::string name;
  Type type;
  bool optional = false;
  /// Null may be given, here or inside (`coalesce`, `compact`, `jsonencode` …); else it is an error.
  bool nullable = false;
};

/// One built-in function. Adding one is adding an entry to a table in functions/<family>.cpp.
struct Function {
  std::string name;
  std::vector<Parameter> parameters;
  /// The last parameter may be repeated, also zero times.
  bool variadic = false;
  Type result;
  /// One sentence, then an example after a line break.
  std::string doc;
  /// Gets arguments converted to the parameters' types, without holes or poison; secrecy is dealt with by `call`.
  std::function<Outcome(std::span<const Value>, const CallContext&)> body;
  /// Looks only at the arguments themselves, not at what is in them: holes, poison and secrets inside pass through, so
  /// that `length([hole])` is known. Its body may answer `not_known` where it must look inside after all.
  bool structural = false;
  /// Reads a file or the environment: its arguments must be known while planning.
  bool reads = false;
  /// `reveal` alone: its result is not secret.
  bool reveals = false;
};

/// Every built-in, by name, but for those of the evaluator (function_families.hpp), which take expressions or
/// instances.
const std::map<std::string, Function, std::less<>>& functions();
const Function* find_function(std::string_view name);
/// `lookup(map, key, default?)`, `max(numbers…)`.
std::string signature(const Function& function);

/// Checks and converts the arguments, keeps holes, spreads secrecy, calls.
Outcome call(const Function& function, std::span<const Value> arguments, const CallContext& context);

}  // namespace nmx
