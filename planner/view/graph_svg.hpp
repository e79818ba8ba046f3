#pragma once

#include <map>
#include <string>

#include "planner/view/graph_text.hpp"

namespace nmx {

/// What needs what, drawn: what is needed stands left of what needs it. `classes` names the CSS class of a box,
/// `create`, `destroy` …; boxes without one are plain. The drawing is laid out in time linear in boxes and edges.
std::string graph_svg(const Graph& needs, const std::map<Address, std::string>& classes = {});

}  // namespace nmx
