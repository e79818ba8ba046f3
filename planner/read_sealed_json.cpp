#include <fmt/core.h>
#include <simdjson.h>
#include <sodium.h>

#include <limits>
#include <vector>

#include "planner/sealed_json.hpp"

namespace nmx {
namespace {

using Element = simdjson::dom::element;

}  // namespace

void SealedReader::fail(std::string message) {
  if (!error_) error_ = Error{std::move(message)};
}

std::string SealedReader::text(const Element& in, const char* key) {
  std::string_view found;
  if (in[key].get(found) != simdjson::SUCCESS) fail(fmt::format("`{}` is missing or no text", key));
  return std::string(found);
}

std::uint64_t SealedReader::number(const Element& in, const char* key) {
  std::uint64_t found = 0;
  if (in[key].get(found) != simdjson::SUCCESS) fail(fmt::format("`{}` is missing or no number", key));
  return found;
}

Address SealedReader::address(std::string_view text) {
  auto parsed = parse_address(text);
  if (parsed) return *parsed;
  fail(parsed.error().message);
  return {};
}

Value SealedReader::tagged(std::string_view tag, const Element& json, const Place& place) {
  std::int64_t count = 0;
  std::string_view words;
  if (tag == "$bytes" && json.get(count) == simdjson::SUCCESS) return Bytes{count};
  if (tag == "$duration" && json.get(count) == simdjson::SUCCESS) return Duration{count};
  if (tag == "$nix" && json.get(words) == simdjson::SUCCESS) return Nix{std::string(words)};
  if (tag == "$number" && json.get(words) == simdjson::SUCCESS) {
    if (words == "nan") return std::numeric_limits<double>::quiet_NaN();
    return words == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  }
  if (tag == "$binary" && json.get(words) == simdjson::SUCCESS) {
    std::string bytes(words.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), words.data(), words.size(),
                          nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0) {
      bytes.resize(size);
      return bytes;
    }
  }
  if (tag == "$sealed" && json.get(words) == simdjson::SUCCESS) {
    auto plain = seal_.open(to_string(place), words);
    if (!plain) {
      if (!error_) error_ = plain.error();
      return {};
    }
    simdjson::dom::parser parser;
    Element inner;
    const bool whole = parser.parse(*plain).get(inner) == simdjson::SUCCESS;
    auto secret = whole ? value(inner, place) : Value();
    wipe(*plain);
    secret.secret = true;
    if (whole) return secret;
  }
  fail(fmt::format("`{}` at `{}` is nothing that is known", tag, to_string(place)));
  return {};
}

Value SealedReader::value(const Element& json, const Place& place) {
  if (error_) return {};
  switch (json.type()) {
    case simdjson::dom::element_type::NULL_VALUE: return Null{};
    case simdjson::dom::element_type::BOOL: return bool(json);
    case simdjson::dom::element_type::INT64: return std::int64_t(json);
    case simdjson::dom::element_type::UINT64: return static_cast<double>(std::uint64_t(json));
    case simdjson::dom::element_type::DOUBLE: return double(json);
    case simdjson::dom::element_type::STRING: return std::string_view(json);
    case simdjson::dom::element_type::ARRAY: {
      List list;
      const simdjson::dom::array array = json;
      list.reserve(array.size());
      for (const auto element : array) {
        const auto name = std::to_string(list.size());
        list.push_back(value(element, Place{&place, name}));
      }
      return list;
    }
    case simdjson::dom::element_type::OBJECT: {
      const simdjson::dom::object fields = json;
      if (fields.size() == 1) {
        const auto only = *fields.begin();
        if (only.key.size() > 1 && only.key[0] == '$' && only.key[1] != '$') return tagged(only.key, only.value, place);
      }
      return object(json, place);
    }
  }
  return {};
}

Object SealedReader::object(const Element& json, const Place& place) {
  simdjson::dom::object fields;
  if (json.get(fields) != simdjson::SUCCESS) {
    fail(fmt::format("`{}` is no object", to_string(place)));
    return {};
  }
  std::vector<Object::Entry> entries;
  entries.reserve(fields.size());
  for (const auto field : fields) {
    auto key = field.key;
    if (!key.empty() && key.front() == '$') key.remove_prefix(1);
    entries.emplace_back(std::string(key), value(field.value, Place{&place, key}));
  }
  return Object::from(std::move(entries));
}

StateObject SealedReader::state_object(const Element& json, const Address& address) {
  StateObject object;
  object.type = text(json, "type");
  object.provider = text(json, "provider");
  object.id = text(json, "id");
  object.schema_version = static_cast<std::uint32_t>(number(json, "schema"));
  std::string_view status;
  if (json["status"].get(status) == simdjson::SUCCESS) {
    if (status == "tainted") {
      object.status = StateObject::Status::tainted;
    } else {
      fail(fmt::format("status `{}` is not known", status));
    }
  }
  bool protect = false;
  if (json["protect"].get(protect) == simdjson::SUCCESS) object.protect = protect;
  std::int64_t downtime = 0;
  if (json["downtime_ms"].get(downtime) == simdjson::SUCCESS) object.downtime_ms = downtime;
  simdjson::dom::array dependencies;
  if (json["dependencies"].get(dependencies) == simdjson::SUCCESS) {
    for (const auto dependency : dependencies) {
      std::string_view name;
      if (dependency.get(name) == simdjson::SUCCESS) object.dependencies.push_back(this->address(name));
    }
  }
  const auto name = to_string(address);
  Element reasons;
  if (json["replace_when"].get(reasons) == simdjson::SUCCESS) {
    const Place place{nullptr, name};
    object.replace_when = value(reasons, Place{&place, "replace_when"});
  }
  Element attributes;
  if (json["attributes"].get(attributes) == simdjson::SUCCESS) {
    object.attributes = this->object(attributes, Place{nullptr, name});
  } else {
    fail("`attributes` is missing");
  }
  return object;
}

}  // namespace nmx
