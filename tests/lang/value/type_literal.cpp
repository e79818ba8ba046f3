#include <fmt/core.h>

#include <stdexcept>

#include "tests/lang/value/literal.hpp"

namespace nmx::test {
namespace {

class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}
  Type whole() {
    Type type = alternatives();
    skip();
    if (at_ != text_.size()) malformed();
    return type;
  }

 private:
  [[noreturn]] void malformed() const {
    throw std::invalid_argument(fmt::format("malformed type at {}: {}", at_, text_));
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool accept(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) malformed();
  }
  std::string word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  Type alternatives() {
    std::vector<Type> all = {single()};
    while (accept('|')) all.push_back(single());
    return all.size() == 1 ? all.front() : Type::one_of(std::move(all));
  }
  Type inner() {
    expect('(');
    Type type = alternatives();
    expect(')');
    return type;
  }
  Type single() {
    using Tag = Type::Tag;
    const std::string name = word();
    for (const Tag tag :
         {Tag::any, Tag::boolean, Tag::integer, Tag::number, Tag::string, Tag::bytes, Tag::duration, Tag::nix, Tag::ip,
          Tag::ip_range, Tag::cidr, Tag::mac, Tag::hostname, Tag::url, Tag::path, Tag::email, Tag::port}) {
      if (to_string(Type::simple(tag)) == name) return Type::simple(tag);
    }
    if (name == "list") return Type::list_of(inner());
    if (name == "map") return Type::map_of(inner());
    if (name == "secret") return Type::secret_of(inner());
    if (name == "enum") {
      std::vector<std::string> members;
      expect('(');
      do members.push_back(word());
      while (accept(','));
      expect(')');
      return Type::enumeration_of(std::move(members));
    }
    if (name == "object") return object();
    if (!accept('(')) return Type::instance_of(name);
    const std::string member = word();
    expect(')');
    return Type::instance_of(name, member);
  }
  Type object() {
    std::vector<Field> fields;
    expect('(');
    expect('{');
    while (!accept('}')) {
      Field field{word(), {}};
      expect('=');
      const std::size_t before = at_;
      if (word() == "optional") {
        expect('(');
        field.type = alternatives();
        field.optional = true;
        if (accept(',')) {
          const std::size_t end = text_.find(')', at_);
          field.fallback = std::make_shared<const Value>(std::get<Value>(evaluate_row(text_.substr(at_, end - at_))));
          at_ = end;
        }
        expect(')');
      } else {
        at_ = before;
        field.type = alternatives();
      }
      fields.push_back(std::move(field));
      accept(',');
    }
    expect(')');
    return Type::object_of(std::move(fields));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Type read_type(std::string_view text) { return TypeReader(text).whole(); }

}  // namespace nmx::test
