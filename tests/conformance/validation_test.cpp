#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "providers/lab/proxmox/api.hpp"
#include "tests/conformance/facts.hpp"

namespace nmx::test {
namespace {

using lab::proxmox::Json;

/// Several mistakes in one property string come in no fixed order.
std::multiset<std::string> lines(const std::string& text) {
  std::multiset<std::string> all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.insert(line);
  return all;
}

TEST(Validation, says_of_every_parameter_what_the_real_server_says) {
  const auto recorded = facts("proxmox/validation-vectors.json");
  if (!recorded) GTEST_SKIP() << "no recorded answers here";
  lab::proxmox::World world(1000);
  const lab::proxmox::Router router(world);
  Score score("parameters");
  int unserved = 0;
  for (const auto& vector : recorded->at("vectors")) {
    const auto method = vector.at("method").get<std::string>();
    const auto path = vector.at("path").get<std::string>();
    const auto route = std::find_if(router.routes().begin(), router.routes().end(),
                                    [&](const auto& one) { return one.method == method && one.path == path; });
    if (route == router.routes().end()) {
      ++unserved;  // what nmx has no use for
      continue;
    }
    const auto errors = lab::proxmox::validate(route->parameters, vector.at("params"));
    std::map<std::string, std::string> wanted;
    if (vector.at("expect").contains("errors"))
      wanted = vector.at("expect").at("errors").get<std::map<std::string, std::string>>();
    bool same = errors.size() == wanted.size();
    for (const auto& [name, message] : wanted)
      same = same && errors.contains(name) && lines(errors.at(name)) == lines(message);
    score.count(same, method + " " + path + " " + vector.at("params").dump() + " wanted " + Json(wanted).dump() +
                          " got " + Json(errors).dump());
  }
  EXPECT_LE(unserved, 20);
  EXPECT_GE(score.total(), 364);
  EXPECT_GE(score.share(), 0.99);
}

}  // namespace
}  // namespace nmx::test
