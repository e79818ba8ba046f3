#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx {

/// Puts an object together from parts that come in any order, `a.b = 1` and later `a.c = 2`, in time that grows with
/// their number alone.
class ObjectBuilder {
 public:
  /// Joins a value under a path of keys; objects join what is there. False: a part of it is there already.
  bool put(const std::vector<std::string>& path, Value value);
  /// Replaces what stands under a key.
  void set(std::string key, Value value);
  bool contains(std::string_view key) const { return parts_.find(key) != parts_.end(); }
  Object take();

 private:
  struct Part {
    /// Not used where there are inner parts.
    Value value;
    std::unique_ptr<ObjectBuilder> inner;
  };
  bool put(const std::vector<std::string>& path, std::size_t at, Value value);
  /// Its value taken apart, so that others can join; false: it is no object.
  static bool open(Part& part);

  std::map<std::string, Part, std::less<>> parts_;
};

}  // namespace nmx
