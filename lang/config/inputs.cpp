#include "lang/config/inputs.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/core.h>

namespace nmx {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{8} << 20;

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || at + length > text.size()) return false;
    for (std::size_t more = 1; more < length; ++more) {
      if ((static_cast<unsigned char>(text[at + more]) & 0xC0) != 0x80) return false;
    }
    at += length;
  }
  return true;
}

Result<std::string> read(const std::filesystem::path& path) {
  std::error_code failure;
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
  if (!is_utf8(text)) {
    return Error{fmt::format("cannot read `{}`: it is not UTF-8 text", path.string()),
                 "text alone can be a value; hand other files over by their path"};
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
  const auto place = expand_home(path).lexically_normal();
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
