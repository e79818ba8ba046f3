#include "providers/dns/zone.hpp"

#include <fmt/core.h>

namespace nmx::dns {
namespace {

constexpr std::string_view heritage = "heritage=nmx,";

}  // namespace

std::vector<Exchange> exchanges(const Zone& before, const Zone& after) {
  std::vector<Exchange> found;
  for (const auto& [key, set] : before) {
    const auto kept = after.find(key);
    if (kept == after.end()) {
      found.push_back({key, set, std::nullopt});
    } else if (!(kept->second == set)) {
      found.push_back({key, set, kept->second});
    }
  }
  for (const auto& [key, set] : after) {
    if (before.count(key) == 0) found.push_back({key, std::nullopt, set});
  }
  return found;
}

std::string mark_text(std::string_view owner, std::string_view resource) {
  return fmt::format("{}owner={},resource={}", heritage, owner, resource);
}

bool is_mark(std::string_view mark) { return mark.substr(0, heritage.size()) == heritage; }

bool is_marked_by(std::string_view mark, std::string_view owner) {
  const auto wanted = fmt::format("{}owner={},", heritage, owner);
  return mark.substr(0, wanted.size()) == wanted;
}

}  // namespace nmx::dns
