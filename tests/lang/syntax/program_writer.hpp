#pragma once

#include <random>
#include <string>

namespace nmx::test {

/// Writes programs that parse, in every form the language has and with as much disorder in their layout as it allows:
/// spaces, comments, blank lines and commas where they may stand. The same seed gives the same program.
class ProgramWriter {
 public:
  explicit ProgramWriter(std::uint64_t seed) : random_(seed) {}
  std::string program();
  /// How many comments the last program has.
  std::size_t comments() const { return comments_; }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool once_in(std::size_t times) { return below(times) == 0; }
  std::string name();
  std::string text(std::size_t depth);
  std::string key(std::size_t depth);
  std::string literal();
  std::string expression(std::size_t depth);
  std::string postfix(std::size_t depth);
  std::string list(std::size_t depth);
  std::string object(std::size_t depth);
  std::string comprehension(std::size_t depth);
  std::string attribute(std::size_t depth);
  std::string block(std::size_t depth);
  std::string body(std::size_t depth);
  /// Blanks, now and then.
  std::string gap();
  /// A line's end: perhaps a comment before it, perhaps empty lines behind it.
  std::string line_end();
  /// Inside brackets lines may break.
  std::string loose_gap();

  std::mt19937_64 random_;
  std::size_t comments_ = 0;
};

}  // namespace nmx::test
