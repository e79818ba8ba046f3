#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "lang/value/type_json.hpp"
#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

enum class Form { plain, exact };

std::optional<std::string> from_hexadecimal(const std::string& text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::optional<Value> read_hole(const Value& value) {
  const Object* object = value.object();
  if (!object) return std::nullopt;
  Unknown unknown;
  bool sound = true;
  const auto take = [&](const char* name, std::string& into) {
    const Value* found = object->find(name);
    if (found && found->string()) into = *found->string();
    sound = sound && (!found || found->string());
  };
  take("address", unknown.address);
  take("attribute", unknown.attribute);
  take("decider", unknown.decider);
  take("function", unknown.function);
  if (const Value* arguments = object->find("arguments")) {
    sound = sound && arguments->is_list();
    if (sound) unknown.arguments = *arguments->list();
  }
  if (const Value* type = object->find("type")) {
    const auto read = type_from_value(*type);
    sound = sound && read.has_value();
    if (sound) unknown.type = *read;
  }
  if (!sound) return std::nullopt;
  return Value(Hole{std::make_shared<const Unknown>(std::move(unknown))});
}

/// What an object with the one key `$…` stands for.
std::optional<Value> read_special(std::string_view key, Value& value) {
  const auto* integer = value.integer();
  const std::string* text = value.string();
  if (key == "$bytes" && integer) return Value(Bytes{*integer});
  if (key == "$duration" && integer) return Value(Duration{*integer});
  if (key == "$nix" && text) return Value(Nix{*text});
  if (key == "$secret") return value.as_secret();
  if (key == "$hole") return read_hole(value);
  if (key == "$binary" && text) {
    if (auto bytes = from_hexadecimal(*text)) return Value(*std::move(bytes));
  }
  return std::nullopt;
}

/// Builds values from nlohmann's events; nothing is recursive, so that depth costs no stack.
class Reader : public nlohmann::json_sax<Json> {
 public:
  explicit Reader(Form form) : form_(form) {}

  Result<Value> take() {
    if (!failure_.message.empty()) return failure_;
    return std::move(result_);
  }

  bool null() override { return add(Value()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return value <= most ? add(static_cast<std::int64_t>(value)) : add(static_cast<double>(value));
  }
  bool number_float(double value, const std::string& text) override {
    return std::isfinite(value) ? add(value) : fail(fmt::format("the number `{}` is out of range", text));
  }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t&) override { return fail("binary data"); }
  bool start_object(std::size_t) override { return open(Frame{true, {}, {}, {}}); }
  bool start_array(std::size_t) override { return open(Frame{false, {}, {}, {}}); }
  bool key(std::string& key) override {
    frames_.back().key = std::move(key);
    return true;
  }
  bool end_array() override {
    Value list(std::move(frames_.back().elements));
    frames_.pop_back();
    return add(std::move(list));
  }
  bool end_object() override {
    std::vector<Object::Entry> entries = std::move(frames_.back().entries);
    frames_.pop_back();
    if (form_ == Form::exact) {
      if (entries.size() == 1 && entries[0].first.starts_with('$') && !entries[0].first.starts_with("$$")) {
        auto special = read_special(entries[0].first, entries[0].second);
        return special ? add(*std::move(special)) : fail(fmt::format("`{}` is malformed", entries[0].first));
      }
      for (Object::Entry& entry : entries) {
        if (!entry.first.starts_with('$')) continue;
        if (!entry.first.starts_with("$$")) return fail(fmt::format("unexpected key `{}`", entry.first));
        entry.first.erase(0, 1);
      }
    }
    const std::size_t written = entries.size();
    std::string twice = written > 1 ? repeated(entries) : "";
    if (!twice.empty()) return fail(fmt::format("the key `{}` stands twice in one object", twice));
    return add(Value(Object::from(std::move(entries))));
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& error) override {
    if (error.id == 406) return fail(fmt::format("the number `{}` is out of range", token));
    return fail(
        fmt::format("invalid JSON at byte {}{}", position, token.empty() ? "" : fmt::format(", near `{}`", token)));
  }

 private:
  struct Frame {
    bool object;
    List elements;
    std::vector<Object::Entry> entries;
    std::string key;
  };

  static std::string repeated(const std::vector<Object::Entry>& entries) {
    std::vector<std::string_view> keys;
    keys.reserve(entries.size());
    for (const auto& [key, value] : entries) keys.emplace_back(key);
    std::sort(keys.begin(), keys.end());
    const auto found = std::adjacent_find(keys.begin(), keys.end());
    return found == keys.end() ? "" : std::string(*found);
  }

  bool open(Frame frame) {
    // Holes nest deeper than what people write: an operation on an operation on an operation.
    const std::size_t deepest = form_ == Form::exact ? 2000 : 200;
    if (frames_.size() >= deepest) return fail(fmt::format("nested deeper than {} levels", deepest));
    frames_.push_back(std::move(frame));
    return true;
  }
  bool add(Value value) {
    if (frames_.empty()) {
      result_ = std::move(value);
    } else if (frames_.back().object) {
      frames_.back().entries.emplace_back(std::move(frames_.back().key), std::move(value));
    } else {
      frames_.back().elements.push_back(std::move(value));
    }
    return true;
  }
  bool fail(std::string message) {
    if (failure_.message.empty()) failure_.message = std::move(message);
    return false;
  }

  Form form_;
  std::vector<Frame> frames_;
  Value result_;
  Error failure_{""};
};

Result<Value> read(std::string_view text, Form form) {
  Reader reader(form);
  Json::sax_parse(text, &reader);
  return reader.take();
}

}  // namespace

Result<Value> from_json(std::string_view text) { return read(text, Form::plain); }
Result<Value> from_exact_json(std::string_view text) { return read(text, Form::exact); }

}  // namespace nmx
