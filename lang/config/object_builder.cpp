#include "lang/config/object_builder.hpp"

namespace nmx {

bool ObjectBuilder::put(const std::vector<std::string>& path, Value value) { return put(path, 0, std::move(value)); }

void ObjectBuilder::set(std::string key, Value value) {
  auto& part = parts_[std::move(key)];
  part.value = std::move(value);
  part.inner.reset();
}

bool ObjectBuilder::open(Part& part) {
  if (part.inner) return true;
  const auto* object = part.value.object();
  if (object == nullptr) return false;
  part.inner = std::make_unique<ObjectBuilder>();
  for (const auto& [key, value] : *object) part.inner->set(key, part.value.secret ? value.as_secret() : value);
  part.value = Value{};
  return true;
}

bool ObjectBuilder::put(const std::vector<std::string>& path, std::size_t at, Value value) {
  const auto [found, is_new] = parts_.try_emplace(path[at]);
  auto& part = found->second;
  if (at + 1 == path.size()) {
    if (is_new) {
      part.value = std::move(value);
      return true;
    }
    const auto* object = value.object();
    if (object == nullptr || !open(part)) return false;
    for (const auto& [key, inner] : *object) {
      if (!part.inner->put({key}, 0, value.secret ? inner.as_secret() : inner)) return false;
    }
    return true;
  }
  if (is_new) {
    part.inner = std::make_unique<ObjectBuilder>();
  } else if (!open(part)) {
    return false;
  }
  return part.inner->put(path, at + 1, std::move(value));
}

Object ObjectBuilder::take() {
  std::vector<Object::Entry> entries;
  entries.reserve(parts_.size());
  for (auto& [key, part] : parts_)
    entries.emplace_back(key, part.inner ? Value{part.inner->take()} : std::move(part.value));
  return Object::from(std::move(entries));
}

}  // namespace nmx
