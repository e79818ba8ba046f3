#include "providers/nix/code.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/functions/nix_text.hpp"

namespace nmx::nix {
namespace {

constexpr std::size_t widest_line = 100;
/// Below these, options are written one by one: `services.jellyfin = { … };`, not all services in one set.
constexpr std::size_t spread_levels = 2;

/// Whether a text may stand between `''` marks and mean the same: some line must begin at the margin, or Nix would take
/// the common indentation away, and no quote may touch what has to be escaped.
bool can_be_indented(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.back() == '\'') return false;
  bool at_margin = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    if (!line.empty() && line.find_first_not_of(' ') == std::string_view::npos) return false;
    if (!line.empty() && line.front() != ' ') at_margin = true;
    at = end + 1;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f) return false;
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if ((c == '\'' && (next == '\'' || next == '$')) || (c == '$' && next == '$')) return false;
  }
  return at_margin && text.front() != '\n';
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

class Writer {
 public:
  Result<std::string> take() {
    if (!failure_.message.empty()) return failure_;
    return std::move(out_);
  }

  void value(const Value& value, std::size_t indentation) {
    if (const auto* object = value.object()) return set(*object, indentation);
    if (const auto* list = value.list()) return sequence(*list, indentation);
    if (const auto* text = value.string()) return string(*text, indentation);
    out_ += one_line(value);
  }

  /// `key.key = value;` for each entry, each on lines of its own.
  void statements(const Object& object, std::size_t indentation, std::size_t spread) {
    bool first = true;
    bool was_tall = false;
    std::string group;
    each_statement(object, {}, spread, [&](const std::string& name, const Value& entry) {
      Writer inner;
      inner.value(entry, indentation);
      auto text = inner.take();
      if (!text) return static_cast<void>(failure_ = text.error());
      const bool tall = spread > 0 && text->find('\n') != std::string::npos;
      const auto key = name.substr(0, name.find('.'));
      if (!first && spread > 0 && (tall || was_tall || key != group)) out_ += '\n';
      out_ += fmt::format("{}{} = {};\n", spaces(indentation), name, *text);
      first = false;
      was_tall = tall;
      group = key;
    });
  }

 private:
  template <typename Each>
  void each_statement(const Object& object, const std::string& prefix, std::size_t spread, const Each& each) {
    for (const auto& [key, entry] : object) {
      const auto name = prefix + nix_key(key);
      const auto* inner = entry.object();
      const bool goes_on = inner != nullptr && !inner->empty() && (inner->size() == 1 || spread > 1);
      if (goes_on) {
        each_statement(*inner, name + '.', spread == 0 ? 0 : spread - 1, each);
      } else {
        each(name, entry);
      }
    }
  }

  std::string one_line(const Value& value) {
    auto text = to_nix(value);
    if (text) return *std::move(text);
    if (failure_.message.empty()) failure_ = text.error();
    return {};
  }

  void set(const Object& object, std::size_t indentation) {
    if (object.empty()) return static_cast<void>(out_ += "{ }");
    out_ += "{\n";
    statements(object, indentation + 2, 0);
    out_ += spaces(indentation) + '}';
  }

  void sequence(const List& list, std::size_t indentation) {
    const bool has_sets = std::any_of(list.begin(), list.end(), [](const Value& element) {
      return element.object() != nullptr && !element.object()->empty();
    });
    const bool has_lines = std::any_of(list.begin(), list.end(), [](const Value& element) {
      const auto* text = element.string();
      return text != nullptr && can_be_indented(*text);
    });
    if (!has_sets && !has_lines) {
      auto line = one_line(Value(list));
      if (indentation + line.size() <= widest_line && line.find('\n') == std::string::npos)
        return static_cast<void>(out_ += line);
    }
    out_ += "[\n";
    for (const auto& element : list) {
      out_ += spaces(indentation + 2);
      const bool stands_alone = element.object() != nullptr || element.list() != nullptr || element.is_string();
      if (stands_alone) {
        value(element, indentation + 2);
      } else {
        // The one-line form knows where an element needs parentheses.
        const auto line = one_line(Value(List{element}));
        if (line.size() > 4) out_ += line.substr(2, line.size() - 4);
      }
      out_ += '\n';
    }
    out_ += spaces(indentation) + ']';
  }

  void string(const std::string& text, std::size_t indentation) {
    if (text.find('\0') != std::string::npos) {
      failure_ = Error{"a text with a zero byte has no form in Nix"};
      return;
    }
    if (!can_be_indented(text)) return static_cast<void>(out_ += nix_string(text));
    out_ += "''\n";
    std::size_t at = 0;
    while (at < text.size()) {
      const auto end = std::min(text.find('\n', at), text.size());
      const auto line = std::string_view(text).substr(at, end - at);
      if (!line.empty()) out_ += spaces(indentation + 2) + escaped(line);
      if (end < text.size()) out_ += '\n';
      at = end + 1;
    }
    if (text.back() == '\n') out_ += spaces(indentation);
    out_ += "''";
  }

  static std::string escaped(std::string_view line) {
    std::string result;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '$' && i + 1 < line.size() && line[i + 1] == '{') result += "''";
      result += line[i];
    }
    return result;
  }

  std::string out_;
  Error failure_{""};
};

}  // namespace

Result<std::string> code(const Value& value, std::size_t indentation) {
  Writer writer;
  writer.value(value, indentation);
  return writer.take();
}

Result<std::string> module_body(const Object& settings) {
  Writer writer;
  writer.statements(settings, 2, spread_levels);
  return writer.take();
}

}  // namespace nmx::nix
