#include "lang/config/inputs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/core.h>

#include "lang/value/unicode.hpp"

namespace nmx {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{8} << 20;

/// Names that a line cannot hold, and a tree that is far larger than a site's, are refused.
Result<std::string> read_folder(const std::filesystem::path& folder) {
  constexpr std::size_t most = 100'000;
  const auto root = folder.parent_path();
  const auto refused = [](const std::filesystem::path& place, const std::error_code& failure) {
    return Error{fmt::format("cannot read the folder `{}`: {}", place.string(), failure.message())};
  };
  std::error_code failure;
  std::vector<std::string> names;
  std::filesystem::recursive_directory_iterator walk(root, failure);
  if (failure) return refused(root, failure);
  while (walk != std::filesystem::recursive_directory_iterator()) {
    const auto place = walk->path();
    const bool is_file = walk->is_regular_file(failure);
    std::error_code unknown;
    // A link that leads nowhere is no file.
    if (failure && !walk->is_symlink(unknown)) return refused(place.parent_path(), failure);
    if (is_file) {
      auto name = place.lexically_relative(root).generic_string();
      if (name.find('\n') != std::string::npos)
        return Error{fmt::format("the folder `{}` holds a file with a line break in its name", root.string())};
      names.push_back(std::move(name));
    }
    if (names.size() > most)
      return Error{fmt::format("the folder `{}` holds more than {} files", folder.string(), most)};
    // The walk ends where a folder cannot be opened.
    walk.increment(failure);
    if (failure) return refused(place, failure);
  }
  std::sort(names.begin(), names.end());
  std::string listing;
  for (const auto& name : names) listing += name + "\n";
  return listing;
}

Result<std::string> read(const std::filesystem::path& path) {
  std::error_code failure;
  if (!path.has_filename()) return read_folder(path);
  if (std::filesystem::is_directory(path, failure)) {
    return Error{fmt::format("cannot read `{}`: it is a folder", path.string())};
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{fmt::format("cannot read `{}`: {}", path.string(), std::strerror(errno))};
  std::string text;
  char chunk[65536];
  while (in.read(chunk, sizeof chunk) || in.gcount() > 0) {
    text.append(chunk, static_cast<std::size_t>(in.gcount()));
    if (text.size() > largest_file) return Error{fmt::format("cannot read `{}`: it is over 8 MiB", path.string())};
  }
  return text;
}

std::filesystem::path expand_home(const std::filesystem::path& path) {
  const auto text = path.string();
  const auto tilde = text.find("~/");
  const bool leads = tilde == 0 || (tilde != std::string::npos && text[tilde - 1] == '/');
  const char* home = std::getenv("HOME");
  if (!leads || home == nullptr) return path;
  return std::filesystem::path(home) / text.substr(tilde + 2);
}

}  // namespace

Result<std::string> SystemInputs::file(const std::filesystem::path& path) {
  auto text = binary(path);
  if (text && !is_utf8(*text)) {
    return Error{fmt::format("cannot read `{}`: it is not UTF-8 text", path.string()),
                 "text alone can be a value; `filebase64` reads all else, or hand the file over by its path"};
  }
  return text;
}

Result<std::string> SystemInputs::binary(const std::filesystem::path& path) {
  auto place = expand_home(path).lexically_normal();
  // `./` stays a folder.
  if (!path.has_filename()) place /= "";
  const auto known = files_.find(place.string());
  if (known != files_.end()) {
    if (known->second) return *known->second;
    return refusals_.at(place.string());
  }
  auto text = read(place);
  if (text) {
    files_.emplace(place.string(), *text);
  } else {
    files_.emplace(place.string(), std::nullopt);
    refusals_.emplace(place.string(), text.error());
  }
  return text;
}

std::optional<std::string> SystemInputs::environment(const std::string& name) {
  const auto known = variables_.find(name);
  if (known != variables_.end()) return known->second;
  const char* value = std::getenv(name.c_str());
  auto held = value == nullptr ? std::nullopt : std::optional<std::string>(value);
  variables_.emplace(name, held);
  return held;
}

}  // namespace nmx
