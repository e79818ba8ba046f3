#include "lang/value/functions/glob.hpp"

#include <cstddef>
#include <string>

namespace nmx {
namespace {

/// Bounds the steps of one comparison: a pattern like `*a*a*a*a*b` must not take for ever.
struct Steps {
  std::size_t left = 100'000;
};

/// The `]` that closes a class which begins at 0; npos: none does.
std::size_t end_of_class(std::string_view pattern) {
  const std::size_t first = pattern.size() > 1 && (pattern[1] == '^' || pattern[1] == '!') ? 2 : 1;
  return pattern.find(']', first + 1);
}

bool in_class(std::string_view members, char letter) {
  const bool inverted = members.front() == '^' || members.front() == '!';
  if (inverted) members.remove_prefix(1);
  bool found = false;
  for (std::size_t at = 0; at < members.size(); ++at) {
    if (at + 2 < members.size() && members[at + 1] == '-') {
      found = found || (letter >= members[at] && letter <= members[at + 2]);
      at += 2;
    } else {
      found = found || letter == members[at];
    }
  }
  return found != inverted;
}

bool fits(std::string_view pattern, std::string_view path, Steps& steps);

/// `{one,another}rest`: any of them, followed by the rest.
bool fits_choice(std::string_view pattern, std::string_view path, Steps& steps) {
  std::size_t depth = 0, begin = 1;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '{') ++depth;
    if (pattern[at] == '}') --depth;
    if ((pattern[at] != ',' || depth != 1) && depth != 0) continue;
    auto end = pattern.size();
    // The choice ends behind the brace that belongs to its first one.
    for (std::size_t inner = 0, next = 0; next < pattern.size(); ++next) {
      if (pattern[next] == '{') ++inner;
      if (pattern[next] == '}' && --inner == 0) {
        end = next + 1;
        break;
      }
    }
    std::string whole(pattern.substr(begin, at - begin));
    whole += pattern.substr(end);
    if (fits(whole, path, steps)) return true;
    if (depth == 0) return false;
    begin = at + 1;
  }
  return false;
}

bool fits(std::string_view pattern, std::string_view path, Steps& steps) {
  while (!pattern.empty()) {
    if (steps.left == 0) return false;
    --steps.left;
    if (pattern.substr(0, 3) == "**/") {
      if (fits(pattern.substr(3), path, steps)) return true;
      const auto slash = path.find('/');
      if (slash == path.npos) return false;
      path.remove_prefix(slash + 1);
      continue;
    }
    if (pattern == "**") return true;
    const char wanted = pattern.front();
    if (wanted == '*') {
      for (std::size_t taken = 0;; ++taken) {
        if (fits(pattern.substr(1), path.substr(taken), steps)) return true;
        if (taken == path.size() || path[taken] == '/') return false;
      }
    }
    if (wanted == '{') return fits_choice(pattern, path, steps);
    if (path.empty()) return false;
    if (wanted == '[') {
      const auto end = end_of_class(pattern);
      if (end == pattern.npos || path.front() == '/' || !in_class(pattern.substr(1, end - 1), path.front()))
        return false;
      pattern.remove_prefix(end);
    } else if (wanted == '?') {
      if (path.front() == '/') return false;
    } else {
      if (wanted == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
      if (pattern.front() != path.front()) return false;
    }
    pattern.remove_prefix(1);
    path.remove_prefix(1);
  }
  return path.empty();
}

}  // namespace

bool fits_glob(std::string_view pattern, std::string_view path) {
  Steps steps;
  return fits(pattern, path, steps);
}

}  // namespace nmx
