#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace nmx::lab::proxmox {

using Options = std::map<std::string, std::string>;

/// A container's configuration as Proxmox keeps it in a file: what is in force, what waits for the next start, and its
/// snapshots.
struct GuestConfig {
  Options current;
  Options pending;
  /// Options that go with the next start.
  std::map<std::string, bool> pending_delete;  // whether forced
  std::map<std::string, Options> snapshots;

  bool operator==(const GuestConfig&) const = default;
};

/// The file's text: description first as comment lines, keys in order of their bytes, then the sections.
std::string write_config(const GuestConfig& config);
GuestConfig read_config(std::string_view text);
/// SHA-1 of the text, as requests carry it.
std::string digest_of(const GuestConfig& config);
/// SHA-1 in hexadecimal digits.
std::string sha1_of(std::string_view text);

/// A description as it stands behind `#`: control characters, `%` and `:` as %XX.
std::string encode_description(std::string_view text);
std::string decode_description(std::string_view text);

}  // namespace nmx::lab::proxmox
