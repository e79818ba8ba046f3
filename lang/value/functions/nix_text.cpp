#include "lang/value/functions/nix_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace nmx {
namespace {

/// A list's elements are separated by space alone, so what is more than one word needs parentheses there.
enum class Place { alone, element };

class Writer {
 public:
  void write(const Value& value, Place place) {
    if (value.secret) return fail("a secret cannot stand in Nix code", "a `secret_file` keeps it out of the store");
    std::visit([&](const auto& held) { write(held, place); }, value.held);
  }
  Result<std::string> take() {
    if (!failure_.message.empty()) return failure_;
    return std::move(out_);
  }

 private:
  void fail(std::string message, std::string help = {}) {
    if (failure_.message.empty()) failure_ = {std::move(message), std::move(help)};
  }
  void parenthesised(const std::string& text, bool needed) { out_ += needed ? fmt::format("({})", text) : text; }

  void write(const Null&, Place) { out_ += "null"; }
  void write(const Poison&, Place) { fail("a value that an error left has no Nix form"); }
  void write(bool boolean, Place) { out_ += boolean ? "true" : "false"; }
  void write(std::int64_t integer, Place place) {
    // Nix reads -x as a subtraction from 0, of which the smallest integer has none.
    constexpr std::int64_t smallest = INT64_MIN;
    if (integer == smallest) return parenthesised(fmt::format("{} - 1", smallest + 1), place == Place::element);
    parenthesised(std::to_string(integer), integer < 0 && place == Place::element);
  }
  void write(double number, Place place) {
    std::string text = fmt::format("{}", number);
    if (const std::size_t exponent = text.find('e'); exponent != std::string::npos) {
      if (text.find('.') == std::string::npos) text.insert(exponent, ".0");
    } else if (text.find('.') == std::string::npos) {
      text += ".0";
    }
    parenthesised(text, number < 0 && place == Place::element);
  }
  void write(const Bytes&, Place) { fail("bytes have no Nix form", "divide by a unit: `a / 1MiB`"); }
  void write(const Duration&, Place) { fail("a duration has no Nix form", "divide by a unit: `a / 1s`"); }
  void write(const std::string& text, Place) { out_ += nix_string(text); }
  void write(const Nix& nix, Place place) {
    const bool word = std::all_of(nix.text.begin(), nix.text.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
             c == '-' || c == '\'';
    });
    // A comment at the end goes to the end of its line, and would take along what follows.
    const auto last_line = nix.text.substr(nix.text.rfind('\n') + 1);
    const bool ends_in_comment = last_line.find('#') != std::string::npos;
    parenthesised(ends_in_comment ? nix.text + '\n' : nix.text, !word && place == Place::element);
  }
  void write(const Instance&, Place) { fail("an instance has no Nix form", "name one of its attributes"); }
  void write(const Hole&, Place) { fail("a value known only after apply has no Nix form"); }
  void write(const Value::SharedList& list, Place) {
    out_ += "[";
    for (const Value& element : *list) {
      out_ += ' ';
      write(element, Place::element);
    }
    out_ += " ]";
  }
  void write(const Value::SharedObject& object, Place) {
    if (object->empty()) {
      out_ += "{ }";
      return;
    }
    out_ += '{';
    for (const auto& [key, value] : *object) {
      out_ += fmt::format(" {} = ", nix_key(key));
      write(value, Place::alone);
      out_ += ';';
    }
    out_ += " }";
  }

  std::string out_;
  Error failure_{""};
};

}  // namespace

Result<std::string> to_nix(const Value& value) {
  Writer writer;
  writer.write(value, Place::alone);
  return writer.take();
}

std::string nix_string(std::string_view text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool opens = c == '$' && i + 1 < text.size() && text[i + 1] == '{';
    if (c == '"' || c == '\\' || opens) {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string nix_key(std::string_view name) {
  constexpr std::array<std::string_view, 10> keywords = {"if",  "then", "else", "assert",  "with",
                                                         "let", "in",   "rec",  "inherit", "or"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const bool plain = !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '\'';
  });
  const bool keyword = std::find(keywords.begin(), keywords.end(), name) != keywords.end();
  return plain && !keyword ? std::string(name) : nix_string(name);
}

}  // namespace nmx
