#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx::proxmox {

/// `name=eth0,bridge=vmbr0`: an option of several parts. Where a part has no key it is the option's default key.
struct PropertyString {
  std::map<std::string, std::string, std::less<>> parts;

  const std::string* find(std::string_view key) const;
  std::string text_or(std::string_view key, std::string_view otherwise) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  /// 1, on, yes, true and 0, off, no, false, in any case.
  std::optional<bool> boolean(std::string_view key) const;
};

/// Parts without `=` go under `default_key`. Empty parts are skipped, as the server skips them.
PropertyString parse_property_string(std::string_view text, std::string_view default_key);

/// `first` (bare if it is the default key, else with its name), then the others by name: the order in which the server
/// prints them.
std::string print_property_string(const PropertyString& value, std::string_view first, bool bare_first);

/// A size as the configuration file has it: `8G`, `8192M`, `512K`, `3972844748`, `8GiB`; powers of 1024, cut to whole
/// bytes. Nothing: not a size.
std::optional<std::int64_t> parse_size(std::string_view text);

/// For `STORAGE:SIZE`: gibibytes, as many decimals as are needed to be exact for whole mebibytes.
std::string gibibytes(std::int64_t bytes);
/// For `resize` and `size=`: whole mebibytes or gibibytes.
std::string size_text(std::int64_t bytes);

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;
/// Up to the next whole mebibyte: finer than that Proxmox does not go.
constexpr std::int64_t whole_mebibytes(std::int64_t bytes) { return (bytes + mebibyte - 1) / mebibyte * mebibyte; }

/// `local-lvm:vm-115-disk-0`: the part before the colon; empty for a path.
std::string storage_of(std::string_view volume);

}  // namespace nmx::proxmox
