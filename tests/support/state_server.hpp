#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/tiny_server.hpp"

namespace nmx::test {

/// A server of states: as GitLab's managed state answers, or as a plain server of Terraform's HTTP protocol.
class StateServer {
 public:
  enum class Kind { gitlab, plain };
  explicit StateServer(Kind kind);

  /// Where the state is; any name makes a state of its own.
  std::string url() const;
  std::string document() const;
  /// What a person would do at its web page.
  void replace_document(std::string text);
  int writes() const;
  /// So many of the next writes take effect, and their answers are lost.
  void lose_answers(int count);
  /// So many of the next requests are answered by 503, and do nothing.
  void be_busy(int count);
  std::vector<std::string> requests() const { return server_.requests(); }

  static constexpr const char* username = "ann";
  static constexpr const char* password = "glpat-canary";

 private:
  std::string answer(const std::string& request);
  std::string write(const std::string& query, const std::string& body);
  std::string lock(const std::string& body);
  std::string unlock(const std::string& query, const std::string& body);

  Kind kind_;
  mutable std::mutex mutex_;
  std::string document_;
  std::optional<std::string> lock_;  // as it came
  std::uint64_t serial_ = 0;
  int writes_ = 0;
  int lost_ = 0;
  int busy_ = 0;
  TinyServer server_;
};

}  // namespace nmx::test
