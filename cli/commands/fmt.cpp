#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <sstream>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/line_diff.hpp"
#include "lang/diagnostics/render.hpp"
#include "lang/diagnostics/result.hpp"
#include "lang/syntax/formatter.hpp"
#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Beside the file first, then in its place, so that a full disk costs nothing.
bool write(const fs::path& path, const std::string& text) {
  auto beside = path;
  beside += ".nmx-fmt";
  std::ofstream file(beside, std::ios::binary);
  file << text;
  file.close();
  std::error_code error;
  if (file) fs::permissions(beside, fs::status(path).permissions(), error);
  if (file) fs::rename(beside, path, error);
  if (!file || error) fs::remove(beside, error);
  return static_cast<bool>(file) && !error;
}

/// The file itself, or the `.nmx` files below a folder, sorted; hidden folders (`.nmx`, `.git`) are left out. Errors: a
/// folder cannot be read.
Result<std::vector<fs::path>> files_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector{path};
  std::vector<fs::path> files;
  fs::recursive_directory_iterator entry(path, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const auto name = entry->path().filename().string();
    std::error_code unknown;
    if (entry->is_directory(unknown) && name.front() == '.') entry.disable_recursion_pending();
    if (entry->is_regular_file(unknown) && entry->path().extension() == ".nmx") files.push_back(entry->path());
  }
  if (error) return Error{fmt::format("cannot read a folder below `{}`: {}", path.string(), error.message())};
  std::sort(files.begin(), files.end());
  return files;
}

enum class Formatted { same, different, failed };

Formatted format_file(Context& context, const fs::path& path, const std::string& shown) {
  const auto text = read(path);
  if (!text) {
    context.streams.err << fmt::format("error: cannot read `{}`\n", shown);
    return Formatted::failed;
  }
  const auto formatted = format(*text);
  if (!formatted) {
    SourceMap sources;
    Diagnostics diagnostics;
    const auto source = sources.add(shown, *text);
    parse(sources, source, diagnostics);
    context.streams.err << render(diagnostics, sources, context.terminal.colour);
    return Formatted::failed;
  }
  if (*formatted == *text) return Formatted::same;
  if (context.arguments.flag("diff")) context.streams.out << line_diff(shown, *text, *formatted);
  if (context.arguments.flag("check") || context.arguments.flag("diff")) return Formatted::different;
  if (!write(path, *formatted)) {
    context.streams.err << fmt::format("error: cannot write `{}`; it is as it was\n", shown);
    return Formatted::failed;
  }
  return Formatted::different;
}

Exit format_standard_input(Context& context) {
  const std::string text(std::istreambuf_iterator<char>(context.streams.in), {});
  const auto formatted = format(text);
  if (formatted) {
    context.streams.out << *formatted;
    return Exit::done;
  }
  SourceMap sources;
  Diagnostics diagnostics;
  parse(sources, sources.add("standard input", text), diagnostics);
  context.streams.err << render(diagnostics, sources, context.terminal.colour);
  return Exit::error;
}

Exit format_files(Context& context) {
  auto paths = context.arguments.values("PATH");
  if (paths == std::vector<std::string>{"-"}) return format_standard_input(context);
  if (paths.empty()) paths = {"."};
  std::size_t different = 0;
  bool failed = false;
  for (const auto& path : paths) {
    const auto full = context.folder / path;
    std::error_code unknown;
    if (!fs::exists(full, unknown)) {
      context.streams.err << fmt::format("error: there is no `{}`\n", path);
      failed = true;
      continue;
    }
    const auto files = files_of(full);
    if (!files) {
      context.streams.err << fmt::format("error: {}\n", files.error().message);
      failed = true;
      continue;
    }
    for (const auto& file : *files) {
      const auto shown = file.lexically_relative(context.folder).string();
      const auto result = format_file(context, file, shown);
      failed = failed || result == Formatted::failed;
      if (result != Formatted::different) continue;
      ++different;
      if (!context.arguments.flag("diff")) context.streams.out << shown << "\n";
    }
  }
  if (failed) return Exit::error;
  const bool only_looking = context.arguments.flag("check") || context.arguments.flag("diff");
  return only_looking && different > 0 ? Exit::not_approved : Exit::done;
}

}  // namespace

Command fmt_command() {
  return {"fmt",
          "write files in the one canonical layout",
          {{"PATH", "files and folders; by default everything here; `-` is standard input", false, true}},
          {{"check", "", "change nothing; exit 3 where a file would change"},
           {"diff", "", "change nothing; show what would change"}},
          format_files};
}

}  // namespace nmx
