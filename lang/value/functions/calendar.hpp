#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// A schedule as users write it, `daily 03:15`, as systemd's OnCalendar, `*-*-* 03:15:00`. Errors: what is not a
/// schedule, with an example. `delay_seconds` later, at the same rhythm: what would fall behind the end of the day, the
/// hour or the step falls as far behind its beginning.
Result<std::string> to_calendar(std::string_view schedule, std::int64_t delay_seconds = 0);

}  // namespace nmx
