#pragma once

#include <map>
#include <string>
#include <vector>

#include "lang/config/address.hpp"

namespace nmx {

// What needs what, for Graphviz, for Mermaid (which Markdown pages draw), and for programs.

using Graph = std::map<Address, std::vector<Address>>;
std::string graph_dot(const Graph& needs);
std::string graph_mermaid(const Graph& needs);
std::string graph_json(const Graph& needs);

}  // namespace nmx
