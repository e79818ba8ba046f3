#pragma once

#include <string>

#include "cli/context.hpp"

namespace nmx {

/// `rollback -snapshot`: takes a container back to a snapshot, once somebody said that what it wrote since may go.
Exit roll_back_to_snapshot(Context& context, const std::string& name);

}  // namespace nmx
