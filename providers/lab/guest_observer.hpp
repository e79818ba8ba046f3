#pragma once

#include <map>
#include <string>
#include <vector>

namespace nmx::lab {

/// A container as its inside sees it.
struct GuestView {
  int vmid = 0;
  std::string node;
  /// The configuration in force: `hostname`, `net0` …
  std::map<std::string, std::string> options;
  /// Lines given as `ssh-public-keys` when it was created.
  std::vector<std::string> ssh_keys;
};

/// Told what happens to guests, so that something can answer in their place.
class GuestObserver {
 public:
  virtual ~GuestObserver() = default;
  virtual void created(const GuestView& guest) = 0;
  virtual void started(const GuestView& guest) = 0;
  virtual void stopped(int vmid) = 0;
  virtual void destroyed(int vmid) = 0;
};

}  // namespace nmx::lab
