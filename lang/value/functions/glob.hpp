#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// A pattern for paths: `*` and `?` within one name, `**` for folders at any depth, `[a-z]`, `{one,another}`; a `\`
/// takes the letter behind it as it is.
class Glob {
 public:
  /// Errors: longer than 1000 letters; a `{` or `[` that is never closed.
  static Result<Glob> parse(std::string_view pattern);
  /// Adds what it takes to `steps`: at most the product of both lengths.
  bool fits(std::string_view path, std::size_t& steps) const;

 private:
  class Parser;
  using Place = std::uint32_t;
  /// One step of the pattern. A comparison may stand at several at once, so that it never goes back.
  struct State {
    enum class Kind : std::uint8_t { letter, one, of_class, name, folder, rest, jump } kind;
    char32_t letter = 0;
    /// What is between the brackets of a class.
    std::u32string members = {};
    /// Of a jump: where it goes on, all of it without a letter. Others go on behind themselves.
    std::vector<Place> ways = {};
  };
  /// The places that are reached, each once; `round` tells them from those of the letter before.
  struct Places {
    std::vector<Place> all;
    std::vector<std::size_t> reached_in;
    std::size_t round = 0;
  };
  void reach(Place place, Places& places) const;
  static bool takes(const State& state, char32_t letter);

  std::vector<State> states_;
};

}  // namespace nmx
