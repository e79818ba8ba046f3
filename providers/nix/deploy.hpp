#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"
#include "planner/runtime/semaphore.hpp"
#include "providers/support/ssh.hpp"

namespace nmx::nix {

/// Where a system is built: here, on the host itself, or on another machine.
enum class BuildPlace { here, on_host, elsewhere };

/// One host and the system it is to run.
struct Deployment {
  /// The flake's folder, or any flake reference.
  std::string flake;
  /// `nixosConfigurations.<host>`.
  std::string host;
  SshHost ssh;
  /// The store path that the plan evaluated; empty: evaluated now. Another result then means that the flake changed.
  std::string toplevel;
  BuildPlace build = BuildPlace::here;
  /// With `elsewhere`.
  std::optional<SshHost> builder;
  /// The host fetches from its own caches what they have, instead of being sent it.
  bool substitutes = false;
  /// Shell commands that succeed on the host when it is well.
  std::vector<std::string> checks;
  /// How long a host that was just started may take to answer.
  std::chrono::seconds answers_within{120};
  std::chrono::seconds switches_within{600};
  std::chrono::seconds healthy_within{60};
  /// Each of the checks, which run side by side.
  std::chrono::seconds check_within{30};
  /// After the switch the host goes back by itself unless nmx reaches it within this.
  std::chrono::seconds confirmed_within{90};
};

struct Deployed {
  std::string toplevel;
  bool changed = false;
  /// For the operator: failed units that failed before, a reboot that is needed.
  std::vector<std::string> notes;
};

/// Bounds what runs at once; one for all hosts of a run.
struct Workplaces {
  /// As many evaluations as memory has room for: about a gigabyte each.
  Semaphore evaluations{evaluations_that_fit()};
  /// Nix builds in parallel by itself.
  Semaphore builds{1};
  static int evaluations_that_fit();
};

/// What is going on, for the progress display: `building 3 of 12`.
using Progress = std::function<void(std::string)>;

/// Completes the flake's `flake.lock` where an input has none; leaves a whole one alone. Errors: Nix's own words.
Task<Status> lock_inputs(Env* env, std::string flake);

/// Brings a folder into the store as Nix does with inputs; gives its hash as `flake.lock` has it.
Task<Result<std::string>> store_folder(Env* env, std::filesystem::path folder);

/// The store path of a host's system, without building it. Errors: Nix's own words.
Task<Result<std::string>> evaluate(Env* env, Workplaces* places, std::string flake, std::string host);

/// Where a host stands.
struct Running {
  std::string system;
  std::string profile;
  /// What a run that was cut short was switching it to, while nobody has confirmed it; empty: nothing.
  std::string trial;
  /// What it goes back to: before the trial, where there is one, else what it runs.
  std::string former;
};
/// One ssh command.
Task<Result<Running>> running_system(Env* env, SshHost host);

/// Brings a host to its system: builds, copies, switches, and checks over a connection of its own that the host still
/// answers and is well. Where it does not, the host goes back to the system it ran; if nobody reaches it, by itself. A
/// host that runs the system already costs one ssh command. A switch to it that another run began and did not bring to
/// an end is taken up where it stands. Errors tell what failed, the failing units' last words and what the host runs
/// now.
Task<Result<Deployed>> deploy(Env* env, Workplaces* places, Deployment deployment, Progress progress);

/// Goes back to the generation before the present one; gives the store path. Errors: there is none, or it fails too.
Task<Result<std::string>> go_back(Env* env, SshHost host);

}  // namespace nmx::nix
