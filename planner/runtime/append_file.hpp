#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// A file that only grows. What was added since the last `commit` is written and synced together, once a turn of the
/// loop. A failed write or sync is final: what is on disk is then unknown, and every later record fails with the same
/// words.
class AppendFile {
 public:
  AppendFile() = default;
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Opens or makes the file (mode 0600), for appending.
  Status open(const std::filesystem::path& path);
  void close();
  bool is_open() const { return descriptor_ >= 0; }

  /// `waiter` goes on once the record is on disk, or cannot be.
  void add(std::string record, Waiter waiter);
  bool pending() const { return !waiting_.empty(); }
  void commit();
  const Status& status() const { return status_; }

 private:
  int descriptor_ = -1;
  std::filesystem::path path_;
  std::string buffer_;
  std::vector<Waiter> waiting_;
  Status status_ = Done{};
};

}  // namespace nmx
