#pragma once

#include <functional>
#include <map>
#include <string>

#include "planner/store/shelf.hpp"

namespace nmx::test {

/// What lies on a shelf in memory, shared by all who have one.
struct MemoryDocuments {
  std::map<std::string, Shelved> documents;
  std::uint64_t writes = 0;
};

/// A shelf in memory. `before` and `after` are awaited around each write, and may fail or take time: an error before
/// it is a refusal, one after it is a lost answer.
class MemoryShelf : public Shelf {
 public:
  using Gate = std::function<Task<Status>(std::string name)>;
  explicit MemoryShelf(MemoryDocuments& documents) : all_(documents) {}
  Gate before;
  Gate after;

  std::string place() const override { return "memory"; }
  Task<Result<std::optional<Shelved>>> get(std::string name) override {
    auto passing = pass(before, name);
    if (auto passed = co_await passing; !passed) co_return passed.error();
    const auto found = all_.documents.find(name);
    if (found == all_.documents.end()) co_return std::optional<Shelved>();
    co_return std::optional(found->second);
  }
  Task<Result<std::optional<std::string>>> put(std::string name, std::string text, std::string tag) override {
    auto passing = pass(before, name);
    if (auto passed = co_await passing; !passed) co_return passed.error();
    const auto found = all_.documents.find(name);
    if (tag != (found == all_.documents.end() ? "" : found->second.tag)) co_return std::optional<std::string>();
    const auto made = std::to_string(++all_.writes);
    all_.documents[name] = {std::move(text), made};
    auto answering = pass(after, name);
    if (auto answered = co_await answering; !answered) co_return answered.error();
    co_return std::optional(made);
  }
  Task<Status> discard(std::string name) override {
    all_.documents.erase(name);
    co_return Done{};
  }

 private:
  static Task<Status> pass(const Gate& gate, std::string name) {
    if (!gate) co_return Done{};
    auto passing = gate(std::move(name));
    co_return co_await passing;
  }
  MemoryDocuments& all_;
};

}  // namespace nmx::test
