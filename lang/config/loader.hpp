#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/source_map.hpp"
#include "lang/syntax/ast.hpp"

namespace nmx {

/// The definitions that come with nmx: which file holds a kind (`container`, `service.jellyfin`), and its text. Only
/// what a site uses is parsed. Implemented by stdlib/.
class Library {
 public:
  virtual ~Library() = default;
  /// `stdlib/kinds/site.nmx` for a kind's name; nothing where it has none.
  virtual std::optional<std::string> file_of(std::string_view kind) const = 0;
  virtual std::string_view text(std::string_view file) const = 0;
  /// Every kind's name.
  virtual std::vector<std::string> kinds() const = 0;
};

struct LoadOptions {
  /// The root module's folder.
  std::filesystem::path folder;
  /// `-e`; empty: the environment that is the default.
  std::string environment;
  /// `-var-file` and `-var` in the order given: name and the text of an expression (or a plain string for a string
  /// variable).
  std::vector<std::pair<std::string, std::string>> variables;
};

class Configuration;

/// Reads and parses all `.nmx` files of a module and of those that it calls, and of the definitions they use.
/// Mistakes go to the diagnostics; the configuration holds what could be read.
std::unique_ptr<Configuration> load(const LoadOptions& options, const Library& library, SourceMap& sources,
                                    Diagnostics& diagnostics);

/// Every definition of the library and nothing else, for pages and commands that describe them.
std::unique_ptr<Configuration> load_library(const Library& library, SourceMap& sources, Diagnostics& diagnostics);

}  // namespace nmx
