#pragma once

#include <string>

namespace nmx::test {

/// A site of so many containers, `box0` and on, on the lab's cluster.
inline std::string box_site(int count) {
  return R"(provider proxmox {
  endpoint    = env("PROXMOX_ENDPOINT")
  token       = env("PROXMOX_TOKEN")
  fingerprint = env("PROXMOX_FINGERPRINT")
}
site home { domain = "home.example.com" }
network lan { cidr = "192.168.50.0/24" }
container box {
  for_each = [for n in range()" +
         std::to_string(count) + R"() : "${n}"]
  hostname = "box${each.key}"
}
)";
}

}  // namespace nmx::test
