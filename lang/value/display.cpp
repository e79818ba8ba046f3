#include <fmt/core.h>

#include "lang/value/overloaded.hpp"
#include "lang/value/unicode.hpp"
#include "lang/value/units.hpp"
#include "lang/value/value.hpp"

namespace nmx {
namespace {

const Unknown* first_source(const Unknown& unknown);

const Unknown* first_source(const Value& value) {
  if (const Hole* hole = std::get_if<Hole>(&value.held)) return hole->unknown ? first_source(*hole->unknown) : nullptr;
  if (const List* list = value.list()) {
    for (const Value& element : *list) {
      if (const Unknown* found = first_source(element)) return found;
    }
  }
  if (const Object* object = value.object()) {
    for (const auto& [key, element] : *object) {
      if (const Unknown* found = first_source(element)) return found;
    }
  }
  return nullptr;
}

const Unknown* first_source(const Unknown& unknown) {
  if (unknown.function.empty()) return &unknown;
  for (const Value& argument : unknown.arguments) {
    if (const Unknown* found = first_source(argument)) return found;
  }
  return nullptr;
}

std::string hole_text(const Hole& hole) {
  const Unknown* source = hole.unknown ? first_source(*hole.unknown) : nullptr;
  if (!source) return "⟨known after apply⟩";
  const std::string decider = source->decider.empty() ? "" : fmt::format(", decided by {}", source->decider);
  return fmt::format("⟨from {}: {}{}⟩", source->address, source->attribute, decider);
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '$' && i + 1 < text.size() && text[i + 1] == '{') {
      result += "\\$";
    } else if (byte < 0x20 || byte == 0x7F) {
      result += fmt::format("\\u{{{:X}}}", byte);
    } else {
      result += c;
    }
  }
  return result + '"';
}

bool is_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9') || text.front() == '-') return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
  }
  return true;
}

/// Writes until there is clearly enough to cut, so that a huge list costs no more than a small one.
class Printer {
 public:
  explicit Printer(std::size_t limit) : enough_(limit * 4 + 8) {}

  std::string take() { return std::move(text_); }
  void print(const Value& value) {
    if (full()) return;
    if (value.secret) {
      text_ += "(secret)";
      return;
    }
    std::visit([this](const auto& held) { write(held); }, value.held);
  }

 private:
  bool full() const { return text_.size() > enough_; }
  void write(const Null&) { text_ += "null"; }
  void write(const Poison&) { text_ += "(error)"; }
  void write(bool boolean) { text_ += boolean ? "true" : "false"; }
  void write(std::int64_t integer) { text_ += std::to_string(integer); }
  void write(double number) { text_ += to_string(number); }
  void write(Bytes bytes) { text_ += to_string(bytes); }
  void write(Duration duration) { text_ += to_string(duration); }
  void write(const std::string& text) { text_ += in_quotes(std::string_view(text).substr(0, enough_)); }
  void write(const Nix& nix) { text_ += "nix(" + in_quotes(std::string_view(nix.text).substr(0, enough_)) + ")"; }
  void write(const Instance& instance) { text_ += instance.entity ? instance.entity->address() : "null"; }
  void write(const Hole& hole) { text_ += hole_text(hole); }
  void write(const Value::SharedList& list) {
    text_ += '[';
    for (std::size_t i = 0; i < list->size() && !full(); ++i) {
      if (i > 0) text_ += ", ";
      print((*list)[i]);
    }
    text_ += ']';
  }
  void write(const Value::SharedObject& object) {
    text_ += '{';
    bool first = true;
    for (const auto& [key, value] : *object) {
      if (full()) break;
      text_ += first ? " " : ", ";
      first = false;
      text_ += (is_name(key) ? key : in_quotes(key)) + " = ";
      print(value);
    }
    text_ += first ? "}" : " }";
  }

  std::string text_;
  std::size_t enough_;
};

}  // namespace

std::string type_name(const Value& value) {
  return std::visit(Overloaded{
                        [](const Null&) -> std::string { return "null"; },
                        [](const Poison&) -> std::string { return "error"; },
                        [](bool) -> std::string { return "bool"; },
                        [](std::int64_t) -> std::string { return "int"; },
                        [](double) -> std::string { return "number"; },
                        [](const Bytes&) -> std::string { return "bytes"; },
                        [](const Duration&) -> std::string { return "duration"; },
                        [](const std::string&) -> std::string { return "string"; },
                        [](const Value::SharedList&) -> std::string { return "list"; },
                        [](const Value::SharedObject&) -> std::string { return "object"; },
                        [](const Nix&) -> std::string { return "nix"; },
                        [](const Instance& instance) { return instance.entity ? instance.entity->kind() : "null"; },
                        [](const Hole&) -> std::string { return "known after apply"; },
                    },
                    value.held);
}

std::string display(const Value& value, std::size_t limit) {
  Printer printer(limit);
  printer.print(value);
  std::string text = printer.take();
  if (text_length(text) <= limit) return text;
  std::u32string points = code_points(text);
  points.resize(limit == 0 ? 0 : limit - 1);
  points.push_back(U'…');
  return to_utf8(points);
}

}  // namespace nmx
