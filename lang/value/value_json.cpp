#include "lang/value/value_json.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "lang/value/overloaded.hpp"
#include "lang/value/type_json.hpp"
#include "lang/value/unicode.hpp"
#include "lang/value/units.hpp"

namespace nmx {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string hexadecimal(std::string_view text) {
  std::string result;
  for (const char c : text) result += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return result;
}

/// Writes both kinds of JSON; they differ in what has no plain form.
class Writer {
 public:
  enum class Form { plain, exact };
  Writer(Form form, JsonStyle style) : form_(form), style_(style) {}

  void write(const Value& value) {
    if (value.secret && form_ == Form::exact) {
      tagged("$secret", [&] { write_held(value); });
    } else if (value.secret) {
      fail("a secret");
    } else {
      write_held(value);
    }
  }
  std::string take() { return std::move(out_); }
  /// What plain JSON could not say; empty where all went well.
  const std::string& failure() const { return failure_; }

 private:
  void fail(std::string_view what) {
    if (failure_.empty()) failure_ = fmt::format("{} has no JSON form", what);
  }
  bool exact() const { return form_ == Form::exact; }

  template <typename Content>
  void tagged(std::string_view key, Content content) {
    out_ += fmt::format("{{\"{}\":", key);
    content();
    out_ += '}';
  }

  void write_held(const Value& value) {
    std::visit([this](const auto& held) { write(held); }, value.held);
  }
  void write(const Null&) { out_ += "null"; }
  void write(const Poison&) {
    if (exact()) throw std::logic_error("a poisoned value is stored");
    fail("a value that an error left");
  }
  void write(bool boolean) { out_ += boolean ? "true" : "false"; }
  void write(std::int64_t integer) { out_ += std::to_string(integer); }
  void write(double number) {
    if (!std::isfinite(number)) return fail("a number that is not finite");
    std::string text = exact() ? fmt::format("{}", number) : to_string(number);
    // What reads back as a double must not look like an integer.
    if (exact() && text.find_first_of(".e") == std::string::npos) text += ".0";
    out_ += text;
  }
  void write(const Bytes& bytes) {
    if (!exact()) return write(bytes.count);
    tagged("$bytes", [&] { write(bytes.count); });
  }
  void write(const Duration& duration) {
    if (exact()) return tagged("$duration", [&] { write(duration.milliseconds); });
    constexpr std::int64_t second = 1000;
    if (duration.milliseconds % second == 0) return write(duration.milliseconds / second);
    write(static_cast<double>(duration.milliseconds) / second);
  }
  void write(const std::string& text) {
    if (is_utf8(text)) return append_text(out_, text);
    if (!exact()) return fail("text that is not UTF-8");
    tagged("$binary", [&] { append_text(out_, hexadecimal(text)); });
  }
  void write(const Nix& nix) {
    if (!exact()) return fail("Nix code");
    tagged("$nix", [&] { append_text(out_, nix.text); });
  }
  void write(const Instance& instance) {
    if (!exact()) return fail("an instance");
    append_text(out_, instance.entity ? instance.entity->address() : "");
  }
  void write(const Hole& hole) {
    if (!exact()) return fail("a value known only after apply");
    const Unknown& unknown = *hole.unknown;
    Object object;
    const auto put = [&](const char* name, const std::string& text) {
      if (!text.empty()) object.set(name, text);
    };
    put("address", unknown.address);
    put("attribute", unknown.attribute);
    put("decider", unknown.decider);
    put("function", unknown.function);
    if (!unknown.arguments.empty()) object.set("arguments", unknown.arguments);
    if (unknown.type.tag != Type::Tag::any || unknown.type.secret) object.set("type", type_to_value(unknown.type));
    tagged("$hole", [&] { write(Value(std::move(object))); });
  }
  void write(const Value::SharedList& list) {
    if (list->empty()) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    ++depth_;
    bool first = true;
    for (const Value& element : *list) {
      separate(first);
      write(element);
    }
    --depth_;
    line();
    out_ += ']';
  }
  void write(const Value::SharedObject& object) {
    if (object->empty()) {
      out_ += "{}";
      return;
    }
    out_ += '{';
    ++depth_;
    bool first = true;
    for (const auto& [key, value] : *object) {
      separate(first);
      if (!is_utf8(key)) fail("a key that is not UTF-8");
      append_text(out_, exact() && key.starts_with('$') ? "$" + key : key);
      out_ += style_ == JsonStyle::pretty ? ": " : ":";
      write(value);
    }
    --depth_;
    line();
    out_ += '}';
  }
  void separate(bool& first) {
    if (!first) out_ += ',';
    first = false;
    line();
  }
  void line() {
    if (style_ != JsonStyle::pretty) return;
    out_ += '\n';
    out_.append(depth_ * 2, ' ');
  }

  Form form_;
  JsonStyle style_;
  std::size_t depth_ = 0;
  std::string out_;
  std::string failure_;
};

}  // namespace

Result<std::string> to_json(const Value& value, JsonStyle style) {
  Writer writer(Writer::Form::plain, style);
  writer.write(value);
  if (!writer.failure().empty()) return Error{writer.failure()};
  return writer.take();
}

std::string to_exact_json(const Value& value) {
  Writer writer(Writer::Form::exact, JsonStyle::compact);
  writer.write(value);
  if (!writer.failure().empty()) throw std::logic_error(writer.failure());
  return writer.take();
}

}  // namespace nmx
