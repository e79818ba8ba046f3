#include "lang/value/functions/yaml_text.hpp"

#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

/// Lists and objects as lines, all else as JSON, which is YAML too.
class Writer {
 public:
  /// Begins where the line is already indented; ends with a line break.
  void write(const Value& value, std::size_t depth) {
    const List* list = value.list();
    const Object* object = value.object();
    if (list && !list->empty()) {
      write_list(*list, depth);
    } else if (object && !object->empty()) {
      write_object(*object, depth);
    } else {
      out_ += json(value) + "\n";
    }
  }
  Result<std::string> take() {
    if (!failure_.message.empty()) return failure_;
    return std::move(out_);
  }

 private:
  std::string json(const Value& value) {
    auto text = to_json(value);
    if (text) return *std::move(text);
    failure_ = text.error();
    return {};
  }
  static bool nests(const Value& value) {
    return (value.list() && !value.list()->empty()) || (value.object() && !value.object()->empty());
  }
  void begin_line(bool& first, std::size_t depth) {
    if (!first) out_.append(depth, ' ');
    first = false;
  }
  void write_list(const List& list, std::size_t depth) {
    bool first = true;
    for (const Value& element : list) {
      begin_line(first, depth);
      out_ += "- ";
      write(element, depth + 2);
    }
  }
  void write_object(const Object& object, std::size_t depth) {
    bool first = true;
    for (const auto& [key, value] : object) {
      begin_line(first, depth);
      out_ += json(Value(key)) + ":";
      if (!nests(value)) {
        out_ += " ";
        write(value, depth);
        continue;
      }
      // A list stands at the depth of its key, an object two further.
      const std::size_t inner = value.is_list() ? depth : depth + 2;
      out_ += "\n";
      out_.append(inner, ' ');
      write(value, inner);
    }
  }

  std::string out_;
  Error failure_{""};
};

}  // namespace

Result<std::string> to_yaml(const Value& value) {
  Writer writer;
  writer.write(value, 0);
  return writer.take();
}

}  // namespace nmx
