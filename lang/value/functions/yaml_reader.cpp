#include "lang/value/functions/yaml_reader.hpp"

#include <fmt/core.h>
#include <yaml.h>

#include <map>
#include <optional>

#include "lang/value/functions/yaml_scalar.hpp"

namespace nmx {
namespace {

constexpr std::size_t deepest = 200;

std::string_view text_of(const yaml_char_t* text) { return reinterpret_cast<const char*>(text); }

/// Reads events one by one and makes values of them. The first mistake ends it.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  Result<Value> document() {
    next();  // the stream begins
    next();
    if (error_.empty() && type() != YAML_DOCUMENT_START_EVENT) fail("there is no document in it");
    next();
    auto value = node(0);
    next();  // the document ends
    next();
    if (error_.empty() && type() != YAML_STREAM_END_EVENT) fail("a second document follows the first");
    if (!error_.empty()) return Error{error_};
    return value;
  }

 private:
  /// Frees the event before it.
  struct Event {
    yaml_event_t held{};
    bool filled = false;
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { clear(); }
    void clear() {
      if (filled) yaml_event_delete(&held);
      filled = false;
    }
  };

  yaml_event_type_t type() const { return event_.held.type; }

  void fail(std::string what) {
    if (error_.empty()) error_ = fmt::format("line {}: {}", event_.held.start_mark.line + 1, what);
  }

  void next() {
    if (!error_.empty()) return;
    event_.clear();
    if (yaml_parser_parse(&parser_, &event_.held) == 1) {
      event_.filled = true;
    } else {
      error_ = fmt::format("line {}: {}", parser_.problem_mark.line + 1,
                           parser_.problem == nullptr ? "not YAML" : parser_.problem);
    }
  }

  /// The value that begins with the present event; the event after it is not read yet.
  Value node(std::size_t depth) {
    if (!error_.empty()) return {};
    if (depth > deepest) return fail("nested too deeply"), Value{};
    switch (type()) {
      case YAML_ALIAS_EVENT: return alias();
      case YAML_SCALAR_EVENT: return scalar();
      case YAML_SEQUENCE_START_EVENT: return sequence(depth);
      case YAML_MAPPING_START_EVENT: return mapping(depth);
      default: return fail("a value is missing"), Value{};
    }
  }

  Value alias() {
    const auto name = text_of(event_.held.data.alias.anchor);
    const auto known = anchors_.find(name);
    if (known == anchors_.end()) return fail(fmt::format("nothing is marked `&{}`", name)), Value{};
    return known->second;
  }

  std::optional<std::string> anchor(const yaml_char_t* name) const {
    return name == nullptr ? std::nullopt : std::optional<std::string>(text_of(name));
  }
  Value marked(const std::optional<std::string>& name, Value value) {
    if (name) anchors_.insert_or_assign(*name, value);
    return value;
  }

  Value scalar() {
    const auto& data = event_.held.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
    const auto name = anchor(data.anchor);
    const auto tag = data.tag == nullptr ? std::string_view() : text_of(data.tag);
    const bool plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    if (tag.empty()) return marked(name, plain ? read_plain(text) : Value(text));
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    if (!tag.starts_with(standard)) return tag == "!" ? marked(name, Value(text)) : unknown(tag);
    const auto word = tag.substr(standard.size());
    if (word == "str" || word == "binary" || word == "timestamp") return marked(name, Value(text));
    auto value = read_plain(text);
    const bool fits = (word == "int" && value.integer() != nullptr) || (word == "float" && value.is_number()) ||
                      (word == "bool" && value.boolean() != nullptr) || (word == "null" && value.is_null());
    if (word != "int" && word != "float" && word != "bool" && word != "null") return unknown(tag);
    if (!fits) fail(fmt::format("`{}` is no {}", text, word));
    return marked(name, std::move(value));
  }

  Value unknown(std::string_view tag) {
    fail(fmt::format("the tag `{}` is not known", tag));
    return {};
  }

  Value read_plain(std::string_view text) {
    auto value = yaml_scalar(text);
    if (value.is_poison()) fail(fmt::format("`{}` is not a finite number", text));
    return value;
  }

  Value sequence(std::size_t depth) {
    const auto name = anchor(event_.held.data.sequence_start.anchor);
    List elements;
    for (next(); error_.empty() && type() != YAML_SEQUENCE_END_EVENT; next()) elements.push_back(node(depth + 1));
    return marked(name, Value(std::move(elements)));
  }

  Value mapping(std::size_t depth) {
    const auto name = anchor(event_.held.data.mapping_start.anchor);
    std::vector<Object::Entry> entries;
    std::vector<Object::Entry> merged;
    for (next(); error_.empty() && type() != YAML_MAPPING_END_EVENT; next()) {
      if (type() != YAML_SCALAR_EVENT) return fail("a key is a text"), Value{};
      const auto& data = event_.held.data.scalar;
      std::string key(reinterpret_cast<const char*>(data.value), data.length);
      const bool merges = key == "<<" && data.style == YAML_PLAIN_SCALAR_STYLE;
      next();
      auto value = node(depth + 1);
      if (merges) {
        merge(value, merged);
      } else {
        entries.emplace_back(std::move(key), std::move(value));
      }
    }
    merged.insert(merged.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    return marked(name, Value(Object::from(std::move(merged))));
  }

  /// `<<: *other`: its entries, unless the mapping has them itself.
  void merge(const Value& value, std::vector<Object::Entry>& merged) {
    if (!error_.empty()) return;
    if (const auto* object = value.object()) {
      for (const auto& entry : *object) merged.push_back(entry);
      return;
    }
    fail("`<<` merges a mapping");
  }

  yaml_parser_t parser_{};
  Event event_;
  std::map<std::string, Value, std::less<>> anchors_;
  std::string error_;
};

}  // namespace

Result<Value> from_yaml(std::string_view text) { return Reader(text).document(); }

}  // namespace nmx
