#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nmx::dns {

/// Names of zones and records. A *full* name is in small letters and ends with a dot: `app.example.com.`; a zone is
/// written without the dot, and a record's name as its zone's files would: `app`, `*.lab`, `@`.

/// `Example.COM.` → `example.com`.
std::string zone_name(std::string_view written);
/// Small letters, and a dot at the end.
std::string full_name(std::string_view written);
/// The full name of a record. What already ends with the zone's name is not extended.
std::string full_name(std::string_view name, std::string_view zone);
/// A full name as its zone writes it; nothing where it lies outside.
std::optional<std::string> name_in_zone(std::string_view full, std::string_view zone);
/// Why this is no name for a record; empty: it is one. Letters, digits, `-`, `_`, and `*` as the first label.
std::string mistake_in_name(std::string_view full);

/// `20.10.168.192.in-addr.arpa.`; empty where the text is no address.
std::string reverse_name(std::string_view address);
/// The longest of the zones that a full name lies in; empty: none.
std::string zone_of(std::string_view full, const std::vector<std::string>& zones);

}  // namespace nmx::dns
