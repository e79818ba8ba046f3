#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// A schedule as users write it, `daily 03:15`, as systemd's OnCalendar, `*-*-* 03:15:00`. Errors: what is not a
/// schedule, with an example.
Result<std::string> to_calendar(std::string_view schedule);

}  // namespace nmx
