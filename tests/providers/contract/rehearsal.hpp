#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "planner/provider.hpp"

namespace nmx::test {

/// A real system, or what stands for one, with its provider.
class World {
 public:
  virtual ~World() = default;
  virtual Provider& provider() = 0;
  virtual const ResourceType& type() = 0;
  /// Takes the object away behind nmx's back; false: nobody but nmx can.
  virtual bool lose() = 0;
  /// What is real tells what its block must say, so that it can be taken over. A host's file does not.
  virtual bool tells_its_block() { return true; }
  /// All that was logged of what was sent.
  virtual std::string log() = 0;
  /// Runs a task to its end.
  virtual void drive(Task<Done> task);
};

namespace detail {
template <typename T>
Task<Done> keep(Task<T> task, std::optional<T>* result) {
  *result = co_await task;
  co_return Done{};
}
}  // namespace detail

/// Runs a task to its end and gives its result.
template <typename T>
T finish(World& world, Task<T> task) {
  std::optional<T> result;
  world.drive(detail::keep(std::move(task), &result));
  return *std::move(result);
}

/// The life of one object, as a planner would lead it: normalise, decide, check, compare, make operations, execute.
class Rehearsal {
 public:
  Rehearsal(World& world, std::string name);

  /// The written attributes with the schema's fallbacks, in normal form, with what is decided.
  Object complete(const Object& written);
  /// Makes it so. Errors: what the checks or the server say.
  Status apply(const Object& written);
  Status destroy();
  /// Nothing is known of it but its id, as where it is taken over. False: it was not found by that.
  bool take_over();
  /// The attributes that are not as written, by name; each a difference that a plan would show.
  std::vector<std::string> differences(const Object& written);
  Observed read();

  const Object& applied() const { return applied_; }
  const std::string& id() const { return id_; }
  const Facts& facts();
  /// The steps of the last `apply` or `destroy`.
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  std::vector<AttributeChange> compare(const Object& wanted, const Object& real);
  Status carry_out(Change change);

  World& world_;
  Address address_;
  Allocator allocator_{{}, 1};
  std::optional<Facts> facts_;
  Object applied_;
  std::string id_;
  bool exists_ = false;
  bool taken_over_ = false;
  std::vector<Operation> operations_;
};

}  // namespace nmx::test
