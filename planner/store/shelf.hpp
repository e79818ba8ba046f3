#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/runtime/env.hpp"
#include "planner/runtime/task.hpp"

namespace nmx {

/// A document on a shelf. The tag changes with every write.
struct Shelved {
  std::string text;
  std::string tag;
};

/// Where documents lie on another machine, each under a name. A write names what it replaces, so that of two that
/// write at once one is told. Requests that fail in passing are sent again, so a write may have taken effect although
/// it is told that something else lies there: whoever writes compares.
class Shelf {
 public:
  virtual ~Shelf() = default;
  /// For people: `bucket nmx at https://s3.lan`. No secret.
  virtual std::string place() const = 0;

  virtual Task<Result<std::optional<Shelved>>> get(std::string name) = 0;
  /// Puts a document in place of the one with this tag; empty: where none lies. The answer is the new tag; nothing:
  /// something else lies there.
  virtual Task<Result<std::optional<std::string>>> put(std::string name, std::string text, std::string tag) = 0;
  /// Removes a document, whatever it is. None is no error.
  virtual Task<Status> discard(std::string name) = 0;
  /// Before a state is written here for the first time by this run: does the server keep what `put` promises? Errors:
  /// it does not, so that two applies could overwrite each other.
  virtual Task<Status> prove() { co_return Done{}; }
  /// How many old versions of a state are kept here.
  virtual std::uint64_t versions() const { return 20; }
};

}  // namespace nmx
