#include "lang/config/trace.hpp"

#include <algorithm>

namespace nmx {
namespace {

constexpr std::size_t few_resources = 8;

void sort_out(std::vector<const Node*>& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

}  // namespace

void Reading::add(Read read) {
  constexpr std::size_t short_list = 16;
  if (reads_.size() < short_list) {
    if (std::find(reads_.begin(), reads_.end(), read) == reads_.end()) reads_.push_back(read);
    return;
  }
  const auto pointer = [](const Read& one) {
    return one.resource != nullptr ? static_cast<const void*>(one.resource) : static_cast<const void*>(one.trace);
  };
  if (known_.empty()) {
    for (const auto& one : reads_) known_.insert(pointer(one));
  }
  if (known_.insert(pointer(read)).second) reads_.push_back(read);
}

void summarise(Trace& trace) {
  std::vector<const Node*> found;
  for (const auto& read : trace.reads) {
    if (read.resource != nullptr) {
      found.push_back(read.resource);
    } else if (read.trace->is_few) {
      found.insert(found.end(), read.trace->few.begin(), read.trace->few.end());
    } else {
      return;
    }
    if (found.size() > 2 * few_resources) {
      sort_out(found);
      if (found.size() > few_resources) return;
    }
  }
  sort_out(found);
  if (found.size() > few_resources) return;
  trace.few = std::move(found);
  trace.is_few = true;
}

std::vector<const Node*> reached(const std::vector<Read>& reads, std::size_t walk) {
  std::vector<const Node*> found;
  std::vector<const Trace*> open;
  const auto visit = [&](const std::vector<Read>& some) {
    for (const auto& read : some) {
      if (read.resource != nullptr) {
        found.push_back(read.resource);
      } else if (read.trace->is_few) {
        found.insert(found.end(), read.trace->few.begin(), read.trace->few.end());
      } else if (read.trace->walked != walk) {
        read.trace->walked = walk;
        open.push_back(read.trace);
      }
    }
  };
  visit(reads);
  while (!open.empty()) {
    const auto* next = open.back();
    open.pop_back();
    visit(next->reads);
  }
  sort_out(found);
  return found;
}

std::vector<const Trace*> way_to(const Node& resource, const std::vector<Read>& reads, std::size_t walk) {
  struct Visit {
    const Trace* trace;
    std::size_t from;
  };
  constexpr auto start = static_cast<std::size_t>(-1);
  std::vector<Visit> visits;
  std::size_t last = start;
  const auto visit = [&](const std::vector<Read>& some, std::size_t from) {
    for (const auto& read : some) {
      if (read.resource == &resource) return last = from, true;
      if (read.trace == nullptr || read.trace->walked == walk) continue;
      read.trace->walked = walk;
      visits.push_back({read.trace, from});
    }
    return false;
  };
  std::vector<const Trace*> way;
  if (visit(reads, start)) return way;
  for (std::size_t at = 0; at < visits.size(); ++at) {
    if (!visit(visits[at].trace->reads, at)) continue;
    for (auto step = last; step != start; step = visits[step].from) way.push_back(visits[step].trace);
    std::reverse(way.begin(), way.end());
    return way;
  }
  return way;
}

}  // namespace nmx
