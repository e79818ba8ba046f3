#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
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

  /// `releasing`: the serial of the state that the plan will write; what is released under it is not handed out again.
  Allocator(Spaces known, std::uint64_t releasing);

  /// Taken by an object that is not nmx's, or written by the user; `by` is for messages.
  void occupy(std::string_view space, std::string_view value, std::string by);
  /// Who has it, other than `owner`; nothing: it is free or `owner`'s.
  std::optional<std::string> holder(std::string_view space, std::string_view value, std::string_view owner) const;
  /// These owners are no longer wanted; who wants what they have is told how to get it.
  void expect_to_go(std::set<std::string, std::less<>> owners) { going_ = std::move(owners); }
  /// Records that `owner` has this value, for one that the user wrote. Errors: it is taken, and by whom.
  Status claim(std::string_view space, std::string_view value, std::string_view owner);
  /// The owner's value if it has one among the candidates, else the first free candidate, else the tombstone that is
  /// oldest. `next` gives the candidates in order and nothing at the end. Errors: all are taken.
  Result<std::string> allocate(std::string_view space, std::string_view owner,
                               const std::function<std::optional<std::string>()>& next);
  /// These owners go; their values become tombstones that this plan does not hand out again.
  void release(const std::set<std::string, std::less<>>& owners);
  /// An object got a new address and keeps what it has.
  void rename(std::string_view from, std::string_view to);

  const Spaces& spaces() const { return spaces_; }

 private:
  using Texts = std::map<std::string, std::string, std::less<>>;
  void give(std::string_view space, std::string_view value, std::string_view owner);
  const std::string* owned(std::string_view space, std::string_view owner);
  void index();

  Spaces spaces_;
  std::uint64_t releasing_;
  std::set<std::string, std::less<>> going_;
  /// Space, value, by whom: what is not nmx's.
  std::map<std::string, Texts, std::less<>> occupied_;
  /// Space, owner, value: what lives in `spaces_`, the other way round.
  std::map<std::string, Texts, std::less<>> owned_;
};

}  // namespace nmx
