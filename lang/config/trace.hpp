#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "lang/diagnostics/span.hpp"

namespace nmx {

struct Node;
struct Trace;

/// A resource that was read, or another value that had been computed from resources; the other pointer is null.
struct Read {
  const Node* resource = nullptr;
  const Trace* trace = nullptr;
  bool operator==(const Read&) const = default;
};

/// What one computation read, each thing once, in the order of reading. What those read in turn stays with them, so
/// that a chain of values costs as much as it is long.
struct Trace {
  /// Whose value it is, what kind of name it has (`local`, `var`, empty for an attribute of the node), and the name.
  const Node* node = nullptr;
  std::string_view scope;
  std::string_view name;
  Span span;
  std::vector<Read> reads;
  /// Every resource reached through it, where they are few; sorted.
  std::vector<const Node*> few;
  bool is_few = false;
  /// The walk that came by last.
  mutable std::size_t walked = 0;
};

/// Collects what is read while something is computed.
class Reading {
 public:
  void add(Read read);
  bool empty() const { return reads_.empty(); }
  std::vector<Read> take() { return std::move(reads_); }
  const std::vector<Read>& reads() const { return reads_; }

 private:
  std::vector<Read> reads_;
  std::unordered_set<const void*> known_;  // filled where the list gets long
};

/// Finds its `few`; call when `reads` is complete.
void summarise(Trace& trace);
/// Every resource reached from the reads, sorted by address in memory. `walk` must grow with each call.
std::vector<const Node*> reached(const std::vector<Read>& reads, std::size_t walk);
/// The shortest way from the reads to a resource: the values passed on it, from the first to the last. Empty where the
/// resource is read directly or not at all.
std::vector<const Trace*> way_to(const Node& resource, const std::vector<Read>& reads, std::size_t walk);

}  // namespace nmx
