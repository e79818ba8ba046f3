#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"
#include "providers/proxmox/container_options.hpp"

namespace nmx::test {

/// A cluster of two nodes, as small as can be, in the same thread and without a network: it keeps containers'
/// configurations the way Proxmox does (what it adds, sorts and rounds, what waits for the next start), and counts
/// requests. For properties that need thousands of containers; `providers/lab` is the one that checks what it is sent.
class SmallCluster {
 public:
  struct Guest {
    std::string node;
    bool running = false;
    std::string pool;
    proxmox::Options active;
    /// What the next start makes of it; equal to `active` where nothing waits.
    proxmox::Options configured;
  };

  HttpResult operator()(const HttpRequest& request);

  /// `pve1/101`; nothing: there is no such guest.
  std::optional<std::string> id_of(int vmid) const;

  std::map<int, Guest> guests;
  std::vector<std::string> files = {"local:vztmpl/nmx-base.tar.xz"};
  /// Requests but for polls of tasks and states.
  std::vector<std::string> asked;

 private:
  using Parameters = std::map<std::string, std::string>;
  HttpResult guest_call(const std::string& method, const std::string& node, const std::vector<std::string>& parts,
                        const Parameters& parameters);
  HttpResult create(const std::string& node, const Parameters& parameters);
  HttpResult configure(int vmid, Guest& guest, const Parameters& parameters);
  HttpResult content_call(const std::string& method, const std::string& node, const std::vector<std::string>& parts,
                          const Parameters& parameters);
  std::string resources() const;
  std::string pending(const Guest& guest) const;
  std::string kept(int vmid, const std::string& option, const std::string& text);

  int volumes_ = 0;
  int macs_ = 0;
  int tasks_ = 0;
};

}  // namespace nmx::test
