#include "lang/config/address.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include <fmt/core.h>

namespace nmx {
namespace {

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

bool is_plain(std::string_view name) {
  return !name.empty() && begins_name(name.front()) && std::all_of(name.begin(), name.end(), continues_name);
}

void append_quoted(std::string& text, std::string_view name) {
  text += '"';
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
}

/// Where in the address the name of the outermost object stands: behind `module.x` pairs and the kind.
std::size_t name_position(const Address::Steps& steps) {
  std::size_t at = 0;
  while (at + 2 < steps.size() && steps[at].name == "module" && !steps[at].key) at += 2;
  if (at < steps.size() && steps[at].name == "resource" && !steps[at].key) return at + 2;
  return at + 1;
}

/// Reads an address from left to right; what stands where decides what `["…"]` is.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Address> read() {
    Address::Steps steps;
    while (at_ < text_.size()) {
      if (!steps.empty() && peek() == '[' && name_position(steps) == steps.size() && !steps.back().key) {
        auto name = bracket();
        if (!name) return name.error();
        steps.push_back({std::move(*name)});
      } else {
        if (!steps.empty() && !take('.')) return failure("expected `.`");
        auto name = peek() == '"' ? quoted() : plain();
        if (!name) return name.error();
        steps.push_back({std::move(*name)});
      }
      if (peek() == '[' && name_position(steps) < steps.size()) {
        auto key = bracket();
        if (!key) return key.error();
        steps.back().key = std::move(*key);
      }
    }
    if (steps.size() < 2) return failure("an address is a kind and a name");
    return Address(std::move(steps));
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  Error failure(std::string_view what) const {
    return Error{fmt::format("`{}` is no address: {} at character {}", text_, what, at_ + 1)};
  }

  Result<std::string> plain() {
    const auto start = at_;
    if (!begins_name(peek())) return failure("expected a name");
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  Result<std::string> quoted() {
    if (!take('"')) return failure("expected `\"`");
    std::string name;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      name += text_[at_++];
    }
    if (!take('"')) return failure("expected `\"`");
    return name;
  }
  Result<std::string> bracket() {
    take('[');
    auto name = quoted();
    if (!name) return name.error();
    if (!take(']')) return failure("expected `]`");
    return name;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const Address::Shared& Address::none() {
  static const auto empty = std::make_shared<const Steps>();
  return empty;
}

Address::Address(Steps steps) : steps_(std::make_shared<const Steps>(std::move(steps))) {}

Address Address::child(std::string name, std::optional<std::string> key) const {
  Steps steps;
  steps.reserve(steps_->size() + 1);
  steps = *steps_;
  steps.push_back({std::move(name), std::move(key)});
  return Address(std::move(steps));
}

Address Address::parent() const {
  return steps_->empty() ? *this : Address(Steps(steps_->begin(), std::prev(steps_->end())));
}

bool Address::within(const Address& other) const {
  return steps_->size() >= other.steps_->size() &&
         std::equal(other.steps_->begin(), other.steps_->end(), steps_->begin());
}

std::strong_ordering Address::operator<=>(const Address& other) const {
  if (steps_ == other.steps_) return std::strong_ordering::equal;
  return *steps_ <=> *other.steps_;
}

Address block_of(const Address& address) {
  const auto& steps = address.steps();
  const auto end = name_position(steps) + 1;
  if (end >= steps.size()) return address;
  return Address({steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(end)});
}

std::string to_string(const Address& address) {
  std::string text;
  const auto& steps = address.steps();
  const auto name_at = name_position(steps);
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const auto& step = steps[at];
    if (is_plain(step.name)) {
      if (at > 0) text += '.';
      text += step.name;
    } else if (at == name_at) {
      text += '[';
      append_quoted(text, step.name);
      text += ']';
    } else {
      if (at > 0) text += '.';
      append_quoted(text, step.name);
    }
    if (step.key) {
      text += '[';
      append_quoted(text, *step.key);
      text += ']';
    }
  }
  return text;
}

Result<Address> parse_address(std::string_view text) { return Reader(text).read(); }

}  // namespace nmx
