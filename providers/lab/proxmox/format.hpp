#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nmx::lab::proxmox {

/// Whether a value has a named format (`dns-name`, `pve-storage-id`, `pve-tag-list`, `…-opt`); else what the server
/// says, without "invalid format - " before it. Source: PVE's JSONSchema and the plugins that register formats.
std::optional<std::string> format_error(std::string_view format, std::string_view value);

/// Perl's `m/^…$/`: the whole value, but for one line break at its end.
bool matches(std::string_view value, const char* pattern);

/// Splits as the server splits lists: at NUL where there is one, else at `,`, `;` and white space.
std::vector<std::string> split_list(std::string_view value);

/// `8G`, `8.5G`, `512M`, `100` in bytes; nothing where it is no size.
std::optional<std::int64_t> parse_size(std::string_view text);
/// The largest unit that divides it: `8G`, `8704M`.
std::string format_size(std::int64_t bytes);

/// 1, on, yes, true and 0, off, no, false in any case, as property strings take them.
std::optional<bool> parse_boolean(std::string_view text);

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);

}  // namespace nmx::lab::proxmox
