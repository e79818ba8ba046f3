#include "tests/lang/value/literal.hpp"

#include <fmt/core.h>

#include <array>
#include <map>
#include <memory>
#include <stdexcept>

#include "lang/value/convert.hpp"
#include "lang/value/function.hpp"
#include "lang/value/unicode.hpp"
#include "lang/value/units.hpp"

namespace nmx::test {
namespace {

class Thing : public Entity {
 public:
  Thing(std::string kind, std::string name, std::string member)
      : kind_(std::move(kind)), name_(std::move(name)), member_(std::move(member)) {}
  std::string address() const override { return kind_ + "." + name_; }
  std::string kind() const override { return kind_; }
  std::string member() const override { return member_; }

 private:
  std::string kind_, name_, member_;
};

/// Entities outlive every value that names them.
const Entity* thing(const std::string& kind, const std::string& name, const std::string& member) {
  static std::vector<std::unique_ptr<Thing>> things;
  return things.emplace_back(std::make_unique<Thing>(kind, name, member)).get();
}

/// A small file system and environment that are the same everywhere.
class FixedInputs : public Inputs {
 public:
  Result<std::string> file(const std::filesystem::path& path) override {
    const auto found = files_.find(path.string());
    if (found == files_.end()) return Error{fmt::format("cannot read `{}`: no such file", path.string())};
    if (!is_utf8(found->second)) return Error{fmt::format("`{}` is not UTF-8", path.string())};
    return found->second;
  }
  Result<std::string> binary(const std::filesystem::path& path) override {
    const auto found = files_.find(path.string());
    if (found == files_.end()) return Error{fmt::format("cannot read `{}`: no such file", path.string())};
    return found->second;
  }
  bool exists(const std::filesystem::path& path) override { return files_.contains(path.string()); }
  std::optional<std::string> environment(const std::string& name) override {
    if (name == "HOME") return "/home/ada";
    if (name == "EMPTY") return "";
    if (name == "TOKEN") return "nmx@pve!ci";
    return std::nullopt;
  }

 private:
  std::map<std::string, std::string> files_ = {
      {"/srv/site/motd.txt", "hello\n"},
      {"/srv/site/templates/", "a.conf\nb/c.conf\nb/d.txt\nb/e/f.conf\nx1.conf\n"},
      {"/srv/site/logo.png", std::string("\x89PNG\x00\xFF", 6)},
      {"/home/ada/.ssh/id.pub", "ssh-ed25519 AAAA ada"},
      {"/etc/hostname", "pve1\n"},
      {"/srv/site/empty", ""}};
};

/// Recursive descent over one row; a failed operation ends it by exception.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Value row() {
    Value left = expression();
    skip();
    if (accept(':')) {
      auto converted = convert(left, read_type(text_.substr(at_)));
      at_ = text_.size();
      if (auto* mismatch = std::get_if<Mismatch>(&converted)) {
        const std::string where = mismatch->path.empty() ? "" : mismatch->path + ": ";
        throw OperationError{OperationError::Kind::argument, where + mismatch->message, mismatch->help};
      }
      left = std::get<Value>(converted);
    }
    skip();
    if (at_ != text_.size()) malformed();
    return left;
  }

 private:
  [[noreturn]] void malformed() const {
    throw std::invalid_argument(fmt::format("malformed at byte {}: {}", at_, text_));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip() {
    while (peek() == ' ') ++at_;
  }
  bool accept(char c) {
    skip();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) malformed();
  }
  static Value known(Outcome outcome) {
    if (auto* error = std::get_if<OperationError>(&outcome)) throw std::move(*error);
    return std::get<Value>(std::move(outcome));
  }

  Value expression() {
    const Value left = operand();
    skip();
    using Op = BinaryOperator;
    constexpr std::array ops = {Op::coalesce,   Op::both,          Op::either, Op::equal,   Op::unequal,
                                Op::less_equal, Op::greater_equal, Op::less,   Op::greater, Op::add,
                                Op::subtract,   Op::multiply,      Op::divide, Op::modulo};
    for (const Op op : ops) {
      if (!text_.substr(at_).starts_with(spelling(op))) continue;
      at_ += spelling(op).size();
      return known(apply(op, left, operand()));
    }
    return left;
  }

  Value operand() {
    skip();
    if (accept('!')) return known(apply(UnaryOperator::invert, operand()));
    Value value = primary();
    for (;;) {
      if (peek() == '[') {
        ++at_;
        value = known(index(value, expression()));
        expect(']');
      } else if (peek() == '.') {
        ++at_;
        value = known(member(value, word()));
      } else {
        return value;
      }
    }
  }

  std::string word() {
    const std::size_t begin = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) || peek() == '_') ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Value primary() {
    const char c = peek();
    if (c == '"') return text();
    if (c == '[') return list();
    if (c == '{') return object();
    if (c == '(') {
      ++at_;
      Value inner = expression();
      expect(')');
      return inner;
    }
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    const std::string name = word();
    if (name.empty()) malformed();
    if (peek() == '(') return call_of(name);
    if (name == "null") return {};
    if (name == "true" || name == "false") return name == "true";
    if (name == "poison") return Poison{};
    malformed();
  }

  Value number() {
    const std::size_t begin = at_;
    if (peek() == '-') {
      ++at_;
      if (!std::isdigit(static_cast<unsigned char>(peek()))) return known(apply(UnaryOperator::negate, operand()));
    }
    while (std::isdigit(static_cast<unsigned char>(peek())) || peek() == '.' || peek() == '_') ++at_;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    if (peek() == 'e') {
      ++at_;
      if (peek() == '-' || peek() == '+') ++at_;
      word();
      return std::stod(std::string(text_.substr(begin, at_ - begin)));
    }
    if (const std::string unit = word(); !unit.empty()) {
      const bool negative = digits.starts_with('-');
      auto measured = measure(negative ? digits.substr(1) : digits, unit);
      if (!measured)
        throw OperationError{OperationError::Kind::failed, measured.error().message, measured.error().help};
      return negative ? known(apply(UnaryOperator::negate, *measured)) : *measured;
    }
    if (digits.find('.') != std::string_view::npos) return std::stod(std::string(digits));
    return static_cast<std::int64_t>(std::stoll(std::string(digits)));
  }

  Value text() {
    std::string result;
    ++at_;
    while (peek() != '"') {
      if (at_ >= text_.size()) malformed();
      char c = text_[at_++];
      if (c != '\\') {
        result += c;
        continue;
      }
      c = text_[at_++];
      if (c == 'u') {
        expect('{');
        const std::size_t end = text_.find('}', at_);
        const auto point = static_cast<char32_t>(std::stoul(std::string(text_.substr(at_, end - at_)), nullptr, 16));
        result += to_utf8({&point, 1});
        at_ = end + 1;
      } else if (c == 'x') {
        result += static_cast<char>(std::stoul(std::string(text_.substr(at_, 2)), nullptr, 16));
        at_ += 2;
      } else {
        result += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
      }
    }
    ++at_;
    return result;
  }

  Value list() {
    List elements;
    ++at_;
    while (!accept(']')) {
      elements.push_back(expression());
      if (!accept(',') && (skip(), peek() != ']')) malformed();
    }
    return elements;
  }

  Value object() {
    std::vector<Object::Entry> entries;
    ++at_;
    while (!accept('}')) {
      skip();
      const std::string key = peek() == '"' ? *text().string() : word();
      expect('=');
      entries.emplace_back(key, expression());
      if (!accept(',') && (skip(), peek() != '}')) malformed();
    }
    return Object::from(std::move(entries));
  }

  Value call_of(const std::string& name) {
    List arguments;
    ++at_;
    if (name == "instance" || name == "hole") {
      const std::size_t end = text_.find(')', at_);
      const std::string inside(text_.substr(at_, end - at_));
      at_ = end + 1;
      return name == "hole" ? hole(inside) : instance(inside);
    }
    while (!accept(')')) {
      arguments.push_back(expression());
      if (!accept(',') && (skip(), peek() != ')')) malformed();
    }
    if (name == "secret") return arguments.at(0).as_secret();
    if (name == "concatenate") return known(concatenate(arguments));
    if (name == "display") return display(arguments.at(0), static_cast<std::size_t>(*arguments.at(1).integer()));
    if (name == "typename") return type_name(arguments.at(0));
    if (name == "human")
      return arguments.at(0).is<Bytes>() ? human(std::get<Bytes>(arguments[0].held))
                                         : human(std::get<Duration>(arguments.at(0).held));
    const Function* function = find_function(name);
    if (!function) throw std::invalid_argument("no function " + name);
    FixedInputs inputs;
    return known(call(*function, arguments, {"/srv/site", inputs}));
  }

  static Value hole(const std::string& attribute) {
    Unknown unknown;
    unknown.address = "container.a.lxc";
    unknown.attribute = attribute;
    unknown.decider = "Proxmox";
    return Hole{std::make_shared<const Unknown>(unknown)};
  }

  static Value instance(const std::string& address) {
    const std::size_t dot = address.find('.');
    const std::size_t slash = address.find('/');
    const std::string member = slash == std::string::npos ? "" : address.substr(slash + 1);
    return Instance{thing(address.substr(0, dot), address.substr(dot + 1, slash - dot - 1), member)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Outcome evaluate_row(std::string_view text) try { return Reader(text).row(); } catch (const OperationError& error) {
  return error;
}

std::string write_literal(const Value& value) {
  if (value.secret) {
    Value open = value;
    open.secret = false;
    return fmt::format("secret({})", write_literal(open));
  }
  if (value.is_poison()) return "poison";
  if (const auto* instance = std::get_if<Instance>(&value.held))
    return fmt::format("instance({})", instance->entity->address());
  if (const auto* hole = std::get_if<Hole>(&value.held)) {
    if (hole->unknown->function.empty()) return fmt::format("hole({})", hole->unknown->attribute);
    std::string arguments;
    for (const Value& argument : hole->unknown->arguments)
      arguments += (arguments.empty() ? "" : ", ") + write_literal(argument);
    return fmt::format("later {}({})", hole->unknown->function, arguments);
  }
  std::string text;
  if (const List* list = value.list()) {
    for (const Value& element : *list) text += (text.empty() ? "" : ", ") + write_literal(element);
    return "[" + text + "]";
  }
  if (const Object* object = value.object()) {
    for (const auto& [key, inner] : *object) {
      const std::string name = display(Object{{key, Value()}});  // `{ key = null }`
      text += (text.empty() ? "" : ", ") + name.substr(2, name.size() - 11) + " = " + write_literal(inner);
    }
    return text.empty() ? "{}" : "{ " + text + " }";
  }
  text = display(value, 100000);
  const bool whole = value.is<double>() && text.find_first_of(".e") == std::string::npos;
  return whole ? text + ".0" : text;
}

}  // namespace nmx::test
