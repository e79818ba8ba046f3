#include "lang/value/functions/yaml_reader.hpp"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "lang/value/convert.hpp"
#include "lang/value/functions/digest.hpp"
#include "lang/value/functions/yaml_scalar.hpp"

namespace nmx {
namespace {

constexpr std::size_t deepest = 200;
/// What `<<` may copy in one document.
constexpr std::size_t most_merged = 100'000;

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
      case YAML_ALIAS_EVENT: return alias(depth);
      case YAML_SCALAR_EVENT: return scalar();
      case YAML_SEQUENCE_START_EVENT: return sequence(depth);
      case YAML_MAPPING_START_EVENT: return mapping(depth);
      default: return fail("a value is missing"), Value{};
    }
  }

  Value alias(std::size_t depth) {
    const auto name = text_of(event_.held.data.alias.anchor);
    const auto known = anchors_.find(name);
    if (known == anchors_.end()) return fail(fmt::format("nothing is marked `&{}`", name)), Value{};
    if (depth + known->second.height > deepest) return fail("nested too deeply"), Value{};
    height_ = known->second.height;
    return known->second.value;
  }

  std::optional<std::string> anchor(const yaml_char_t* name) const {
    return name == nullptr ? std::nullopt : std::optional<std::string>(text_of(name));
  }
  Value marked(const std::optional<std::string>& name, Value value) {
    if (name) anchors_.insert_or_assign(*name, Marked{value, height_});
    return value;
  }

  static constexpr std::string_view standard = "tag:yaml.org,2002:";
  static std::string_view tag_of(const yaml_char_t* tag) { return tag == nullptr ? std::string_view() : text_of(tag); }

  Value scalar() {
    const auto& data = event_.held.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
    const auto name = anchor(data.anchor);
    const auto tag = tag_of(data.tag);
    height_ = 0;
    const bool plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    if (tag.empty()) return marked(name, plain ? read_plain(text) : Value(text));
    if (!tag.starts_with(standard)) return tag == "!" ? marked(name, Value(text)) : unknown(tag);
    return marked(name, tagged(tag.substr(standard.size()), text));
  }

  Value tagged(std::string_view word, std::string_view text) {
    if (word == "str") return Value(text);
    const auto checked = [&](bool fits, Value value) {
      if (!fits) fail(fmt::format("`{}` is no {}", text, word));
      return value;
    };
    if (word == "binary") return checked(from_base64(text).has_value(), Value(text));
    auto value = read_plain(text);
    if (word == "timestamp") return checked(value.string() != nullptr && is_yaml_time(text), std::move(value));
    if (word == "int") return checked(value.integer() != nullptr, std::move(value));
    if (word == "float") return checked(value.is_number(), std::move(value));
    if (word == "bool") return checked(value.boolean() != nullptr, std::move(value));
    if (word == "null") return checked(value.is_null(), std::move(value));
    return unknown(std::string(standard) + std::string(word));
  }

  Value unknown(std::string_view tag) {
    fail(fmt::format("the tag `{}` is not known", tag));
    return {};
  }

  /// A list is `seq`, a mapping is `map`, and nothing else.
  bool is_collection(const yaml_char_t* given, std::string_view word) {
    const auto tag = tag_of(given);
    if (tag.empty() || tag == "!" || (tag.starts_with(standard) && tag.substr(standard.size()) == word)) return true;
    unknown(tag);
    return false;
  }

  Value read_plain(std::string_view text) {
    auto value = yaml_scalar(text);
    if (value.is_poison()) fail(fmt::format("`{}` is not a finite number", text));
    return value;
  }

  Value sequence(std::size_t depth) {
    const auto& data = event_.held.data.sequence_start;
    const auto name = anchor(data.anchor);
    if (!is_collection(data.tag, "seq")) return {};
    List elements;
    std::size_t height = 0;
    for (next(); error_.empty() && type() != YAML_SEQUENCE_END_EVENT; next()) {
      elements.push_back(node(depth + 1));
      height = std::max(height, height_ + 1);
    }
    height_ = height;
    return marked(name, Value(std::move(elements)));
  }

  Value mapping(std::size_t depth) {
    const auto& data = event_.held.data.mapping_start;
    const auto name = anchor(data.anchor);
    if (!is_collection(data.tag, "map")) return {};
    std::vector<Object::Entry> entries;
    std::vector<Object::Entry> merged;
    std::size_t height = 0;
    for (next(); error_.empty() && type() != YAML_MAPPING_END_EVENT; next()) {
      const bool merges = is_merge();
      auto own_key = merges ? std::string() : key();
      next();
      auto value = node(depth + 1);
      height = std::max(height, height_ + 1);
      if (merges) {
        merge(value, merged);
      } else {
        entries.emplace_back(std::move(own_key), std::move(value));
      }
    }
    height_ = height;
    // Of equal keys the last one stays: the mapping's own.
    merged.insert(merged.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    return marked(name, Value(Object::from(std::move(merged))));
  }

  bool is_merge() const {
    if (type() != YAML_SCALAR_EVENT) return false;
    const auto& data = event_.held.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
    return text == "<<" && data.style == YAML_PLAIN_SCALAR_STYLE && data.tag == nullptr;
  }

  /// Numbers and booleans stand for their texts: `0x10` for `16`, `yes` for `true`.
  std::string key() {
    if (type() != YAML_SCALAR_EVENT) return fail("a key is a text"), std::string();
    const auto value = scalar();
    if (value.is_null()) fail("a key is not null");
    return to_text(value).value_or("");
  }

  /// `<<: *other` and `<<: [*one, *other]`: their entries, of the first that has them, unless the mapping has them
  /// itself.
  void merge(const Value& value, std::vector<Object::Entry>& merged) {
    if (!error_.empty()) return;
    if (const auto* list = value.list()) {
      for (auto one = list->rbegin(); one != list->rend() && error_.empty(); ++one) merge_one(*one, merged);
    } else {
      merge_one(value, merged);
    }
  }

  void merge_one(const Value& value, std::vector<Object::Entry>& merged) {
    const auto* object = value.object();
    if (object == nullptr) return fail("`<<` merges mappings");
    merged_ += object->size();
    if (merged_ > most_merged) return fail(fmt::format("`<<` merges more than {} entries in all", most_merged));
    merged.insert(merged.end(), object->begin(), object->end());
  }

  yaml_parser_t parser_{};
  Event event_;
  /// A value with `&name`, and how deep it is nested.
  struct Marked {
    Value value;
    std::size_t height;
  };
  std::map<std::string, Marked, std::less<>> anchors_;
  /// Of the value that was read last.
  std::size_t height_ = 0;
  std::size_t merged_ = 0;
  std::string error_;
};

}  // namespace

Result<Value> from_yaml(std::string_view text) { return Reader(text).document(); }

}  // namespace nmx
