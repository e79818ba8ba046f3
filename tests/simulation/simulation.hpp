#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/sim_site.hpp"

namespace nmx::test {

/// What one simulated life of a site came to.
struct Life {
  /// Empty: the world is what was wanted, after everything that went wrong.
  std::string complaint;
  std::uint64_t hash = 0;
  int applies = 0;
  int crashes = 0;
  int recoveries = 0;
  std::uint64_t refusals = 0;
};

struct Troubles {
  Faults faults;
  /// In so many of the first applies of each site.
  int troubled_applies = 3;
  bool crash = true;
  bool interrupt = true;
  bool disk_full = true;
  int objects = 30;
  /// Nothing but crashes, which no request survives: recovery alone must then know the world exactly.
  bool exact = false;
};

/// A site is applied, changed and applied again, with faults, crashes, Ctrl-C and full disks; after each change, once
/// the trouble is over, one more apply must bring everything to what is wanted.
Life live(std::uint64_t seed, const Troubles& troubles);

/// Any mixture of troubles, chosen by the seed.
Troubles random_troubles(std::uint64_t seed);

}  // namespace nmx::test
