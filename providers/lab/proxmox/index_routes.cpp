#include <algorithm>
#include <map>
#include <set>

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {
namespace {

/// What the entries of an index are called differs from place to place.
std::string word_at(const std::string& path) {
  static const std::map<std::string, std::string> words{{"", "subdir"},
                                                        {"/access", "subdir"},
                                                        {"/cluster/ha", "id"},
                                                        {"/nodes/{node}/lxc/{vmid}", "subdir"},
                                                        {"/nodes/{node}/lxc/{vmid}/status", "subdir"},
                                                        {"/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", "cmd"},
                                                        {"/nodes/{node}/storage/{storage}", "subdir"}};
  const auto found = words.find(path);
  return found == words.end() ? "name" : found->second;
}

/// What stands in a path, however it is called there.
ParameterSet variables_of(const std::string& path) {
  ParameterSet set;
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1)) {
    set.add(text(path.substr(open + 1, path.find('}', open) - open - 1)).need());
  }
  return set;
}

}  // namespace

std::vector<Route> index_routes(const std::vector<Route>& others) {
  std::map<std::string, std::set<std::string>> below;
  std::set<std::string> said;
  for (const auto& route : others) {
    if (route.method == "GET") said.insert(route.path);
    auto path = route.path;
    for (auto slash = path.rfind('/'); slash != std::string::npos; slash = path.rfind('/')) {
      const auto name = path.substr(slash + 1);
      path.erase(slash);
      if (name.front() != '{') below[path].insert(name);
    }
  }
  std::vector<Route> routes;
  for (const auto& [path, names] : below) {
    if (said.contains(path)) continue;
    auto entries = Json::array();
    for (const auto& name : names) entries.push_back({{word_at(path), name}});
    routes.push_back({"GET", path, variables_of(path), nullptr, [entries](Call&) { return entries; }});
  }
  return routes;
}

}  // namespace nmx::lab::proxmox
