#pragma once

#include <string>
#include <string_view>

namespace nmx {

/// An address for messages and logs: without who logs in, and without the query. Either may hold a secret.
std::string shown_url(std::string_view url);

}  // namespace nmx
