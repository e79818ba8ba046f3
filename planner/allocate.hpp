#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// What state remembers of a value that nmx handed out.
struct Allocation {
  std::string owner;  // an address
  /// The serial of the state in which its owner went; 0 while it lives. Tombstones are reused last, oldest first.
  std::uint64_t released = 0;
};

/// Hands out values of shared number spaces (`ip`, `proxmox.vmid`): each to one owner, the same one at every run, never
/// one that is taken by somebody else. What it decides becomes real only when the plan is applied.
class Allocator {
 public:
  using Space = std::map<std::string, Allocation, std::less<>>;
  using Spaces = std::map<std::string, Space, std::less<>>;

  explicit Allocator(Spaces known) : spaces_(std::move(known)) {}

  /// Taken by an object that is not nmx's, or written by the user; `by` is for messages.
  void occupy(std::string_view space, std::string_view value, std::string by);
  /// Who has it, other than `owner`; nothing: it is free or `owner`'s.
  std::optional<std::string> holder(std::string_view space, std::string_view value, std::string_view owner) const;
  /// Records that `owner` has this value, for one that the user wrote. Errors: it is taken, and by whom.
  Status claim(std::string_view space, std::string_view value, std::string_view owner);
  /// The owner's value if it has one among the candidates, else the first free candidate, else the tombstone that is
  /// oldest. `next` gives the candidates in order and nothing at the end. Errors: all are taken.
  Result<std::string> allocate(std::string_view space, std::string_view owner,
                               const std::function<std::optional<std::string>()>& next);
  /// `owner` goes; its values become tombstones that this plan does not hand out again.
  void release(std::string_view owner, std::uint64_t serial);
  /// An object got a new address and keeps what it has.
  void rename(std::string_view from, std::string_view to);

  const Spaces& spaces() const { return spaces_; }

 private:
  Spaces spaces_;
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> occupied_;
  std::uint64_t releasing_ = 0;
};

}  // namespace nmx
