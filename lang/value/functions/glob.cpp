#include "lang/value/functions/glob.hpp"

#include "lang/value/unicode.hpp"

namespace nmx {
namespace {

bool in_class(std::u32string_view members, char32_t letter) {
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

}  // namespace

/// Lays the states of a pattern out in its order; braces become jumps.
class Glob::Parser {
 public:
  explicit Parser(std::u32string_view pattern) : pattern_(pattern) {}

  Result<Glob> glob() {
    while (at_ < pattern_.size()) {
      if (!part()) return Error{"a `[` is never closed"};
    }
    if (!choices_.empty()) return Error{"a `{` is never closed"};
    return std::move(made_);
  }

 private:
  /// A `{…}` that is being read: where it begins, and the jumps behind its alternatives.
  struct Choice {
    Place fork;
    std::vector<Place> ends;
  };

  Place here() const { return static_cast<Place>(made_.states_.size()); }
  Place add(State state) {
    made_.states_.push_back(std::move(state));
    return here() - 1;
  }

  bool part() {
    const auto letter = pattern_[at_];
    if (letter == '[') return letters();
    if (letter == '*') return stars(), true;
    ++at_;
    if (letter == '?') {
      add({State::Kind::one});
    } else if (letter == '{') {
      const auto fork = add({State::Kind::jump});
      made_.states_[fork].ways.push_back(here());
      choices_.push_back({fork, {}});
    } else if (letter == ',' && !choices_.empty()) {
      choices_.back().ends.push_back(add({State::Kind::jump}));
      made_.states_[choices_.back().fork].ways.push_back(here());
    } else if (letter == '}' && !choices_.empty()) {
      for (const auto end : choices_.back().ends) made_.states_[end].ways.push_back(here());
      choices_.pop_back();
    } else if (letter == '\\' && at_ < pattern_.size()) {
      add({State::Kind::letter, pattern_[at_++]});
    } else {
      add({State::Kind::letter, letter});
    }
    return true;
  }

  bool letters() {
    const auto begin = at_ + 1;
    const bool inverted = begin < pattern_.size() && (pattern_[begin] == '^' || pattern_[begin] == '!');
    // A `]` that comes first is a member.
    const auto close = pattern_.find(U']', begin + (inverted ? 2 : 1));
    if (close == pattern_.npos) return false;
    add({State::Kind::of_class, 0, std::u32string(pattern_.substr(begin, close - begin))});
    at_ = close + 1;
    return true;
  }

  /// Two stars are more than one where they stand in the place of a whole name.
  void stars() {
    constexpr std::u32string_view before = U"/{,", behind = U"},";
    const bool begins = at_ == 0 || before.find(pattern_[at_ - 1]) != before.npos;
    const bool both = begins && pattern_.substr(at_, 2) == U"**";
    const auto next = at_ + 2;
    if (both && next < pattern_.size() && pattern_[next] == '/') {
      // Any number of folders: through one and back, or on.
      const auto fork = add({State::Kind::jump});
      add({State::Kind::folder});
      const auto back = add({State::Kind::jump});
      made_.states_[back].ways.push_back(fork);
      made_.states_[fork].ways = {fork + 1, here()};
      at_ = next + 1;
    } else if (both && (next == pattern_.size() || behind.find(pattern_[next]) != behind.npos)) {
      add({State::Kind::rest});
      at_ = next;
    } else {
      add({State::Kind::name});
      ++at_;
    }
  }

  std::u32string_view pattern_;
  std::size_t at_ = 0;
  std::vector<Choice> choices_;
  Glob made_;
};

Result<Glob> Glob::parse(std::string_view pattern) {
  constexpr std::size_t longest = 1000;
  if (pattern.size() > longest) return Error{"a pattern of more than 1000 letters"};
  const auto letters = code_points(pattern);
  return Parser(letters).glob();
}

void Glob::reach(Place place, Places& places) const {
  if (places.reached_in[place] == places.round) return;
  places.reached_in[place] = places.round;
  const bool is_end = place == states_.size();
  if (is_end || states_[place].kind != State::Kind::jump) places.all.push_back(place);
  if (is_end) return;
  const auto& state = states_[place];
  for (const auto way : state.ways) reach(way, places);
  if (state.kind == State::Kind::name || state.kind == State::Kind::rest) reach(place + 1, places);
}

bool Glob::takes(const State& state, char32_t letter) {
  switch (state.kind) {
    case State::Kind::letter: return letter == state.letter;
    case State::Kind::one:
    case State::Kind::name: return letter != '/';
    case State::Kind::of_class: return letter != '/' && in_class(state.members, letter);
    case State::Kind::folder:
    case State::Kind::rest: return true;
    case State::Kind::jump: return false;
  }
  return false;
}

bool Glob::fits(std::string_view path, std::size_t& steps) const {
  const auto end = static_cast<Place>(states_.size());
  Places places{{}, std::vector<std::size_t>(states_.size() + 1), 1};
  reach(0, places);
  std::vector<Place> before;
  for (const auto letter : code_points(path)) {
    before.swap(places.all);
    places.all.clear();
    ++places.round;
    steps += before.size();
    for (const auto place : before) {
      if (place == end || !takes(states_[place], letter)) continue;
      const auto kind = states_[place].kind;
      const bool stays =
          kind == State::Kind::name || kind == State::Kind::rest || (kind == State::Kind::folder && letter != '/');
      reach(stays ? place : place + 1, places);
    }
    if (places.all.empty()) return false;
  }
  return places.reached_in[end] == places.round;
}

}  // namespace nmx
