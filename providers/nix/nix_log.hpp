#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace nmx::nix {

/// Reads what Nix writes with `--log-format internal-json` as it comes in pieces: how far it is, and in the end what
/// went wrong. Lenient: what it does not know it passes over.
class NixLog {
 public:
  /// True when `progress` says something new.
  bool feed(std::string_view piece);
  /// `building 3 of 12`, `copying 40 of 812`; empty while there is nothing to count.
  std::string progress() const;
  /// Nix's own words where it failed: errors, then the last lines that a build wrote.
  std::string failure() const;

 private:
  void read(std::string_view line);
  struct Activity {
    std::uint64_t done = 0;
    std::uint64_t expected = 0;
  };
  std::string rest_;
  std::map<std::uint64_t, std::string> counted_;  // activity → `building`, `copying`
  std::map<std::string, Activity> sums_;
  std::string errors_;
  std::deque<std::string> last_lines_;
  bool changed_ = false;
};

}  // namespace nmx::nix
