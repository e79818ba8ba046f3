#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace nmx::test {

/// A file of recorded answers of real servers, below `NMX_FACTS` or `../shared/data`; nothing where there are none.
std::optional<nlohmann::json> facts(const std::string& file);
/// The same as lines.
std::optional<std::string> facts_text(const std::string& file);

/// Prints `N of M` and the first few that differ.
class Score {
 public:
  explicit Score(std::string what) : what_(std::move(what)) {}
  ~Score();
  Score(const Score&) = delete;
  Score& operator=(const Score&) = delete;
  void count(bool same, const std::string& difference);
  double share() const { return total_ == 0 ? 0 : static_cast<double>(same_) / total_; }
  int total() const { return total_; }

 private:
  std::string what_;
  int same_ = 0;
  int total_ = 0;
  std::string differences_;
};

}  // namespace nmx::test
