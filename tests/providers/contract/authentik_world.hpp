#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/providers/contract/rehearsal.hpp"

namespace nmx::lab::authentik {
class Service;
}

namespace nmx::test {

/// An Authentik provider in front of a lab's Authentik of its own, over HTTPS. There are already: the groups `family`
/// and `friends`, the users `ada` and `bob`, the applications `films` and `music`, and a proxy provider `films`.
class AuthentikWorld : public World {
 public:
  /// `release`: `2025.10`; empty: the newest. `token`: another login.
  explicit AuthentikWorld(std::string type, std::string release = {}, std::string token = {});
  ~AuthentikWorld() override;
  Provider& provider() override;
  const ResourceType& type() override;
  bool lose() override;
  std::string log() override;
  void drive(Task<Done> task) override;

  /// The next request that changes something is carried out, and its answer lost.
  void lose_next_answer();
  lab::authentik::Service& server();
  /// All requests so far, by method.
  int count(std::string_view method) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nmx::test
