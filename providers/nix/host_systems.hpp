#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "planner/provider.hpp"
#include "providers/nix/deploy.hpp"
#include "providers/nix/flake_copy.hpp"
#include "providers/nix/flake_folder.hpp"

namespace nmx::nix {

/// How machines are brought to their systems.
struct Deploying {
  /// Whom to log in as, and with which key; empty: what the ssh agent offers.
  std::string user = "root";
  std::string identity;
  BuildPlace build = BuildPlace::here;
  std::optional<SshHost> builder;
  bool substitutes = false;
};

/// The systems of hosts: which ones they run, which ones the flake comes to, and the way from one to the other. A host
/// without an address is none of its business.
class HostSystems {
 public:
  /// `proposed`: what plans are to see of the flake, if there is a proposal; it may change as long as this lives.
  HostSystems(FlakeFolder flake, const ProposedFiles* proposed, Deploying deploying, Env& env)
      : flake_(std::move(flake)), proposed_(proposed), deploying_(std::move(deploying)), env_(&env) {}

  /// Whether machines can be switched from here. Errors: there is no Nix, or no flake.
  Task<Status> connect() const;
  /// Adds what the hosts run to what was read of their files; one ssh command each.
  Task<std::vector<Observed>> look(std::vector<ObjectId> ids, std::vector<Observed> observed);
  /// What each host's system comes to with the planned files, by evaluating a copy of the flake. Errors of Nix are
  /// refusals; a host that did not answer `look` is out of reach, unless its machine is another by the time of the
  /// switch.
  Task<std::vector<Foreseen>> foresee(std::vector<Wanted> wanted);
  /// Brings a host to its system.
  Task<Result<Answer>> bring(Operation operation, Progress progress);
  Task<Result<Reconciled>> reconcile(Operation operation);

 private:
  Task<Foreseen> foresee_one(const FlakeCopy* copy, Wanted wanted);
  SshHost ssh(const Object& host) const;

  FlakeFolder flake_;
  const ProposedFiles* proposed_;
  Deploying deploying_;
  Env* env_;
  Workplaces places_;
  /// Hosts that did not answer, and why.
  std::map<Address, std::string> out_of_reach_;
};

}  // namespace nmx::nix
