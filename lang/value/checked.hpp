#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/type.hpp"

namespace nmx {

/// Whether values of the type are strings with a form of their own: ip, cidr, mac, hostname …
bool is_checked_string(Type::Tag tag);

/// The one form in which a checked string is kept, so that equal things are equal texts: an IPv6 address by RFC 5952,
/// a MAC in capitals with colons, a hostname in small letters, a path without doubled slashes. Errors: what is wrong,
/// and an example as help.
Result<std::string> canonical(Type::Tag tag, std::string_view text);

}  // namespace nmx
