#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nmx::lab {

/// What goes wrong with a request, and whether the request had its effect by then.
struct Fault {
  enum class Kind { reset, hang, status, slow_task, fail_task, full_storage, node_down, node_up };
  enum class Moment { before, after };
  Kind kind = Kind::reset;
  Moment moment = Moment::before;
  int status = 0;
  /// The reason of a status, the end of a task, a storage, a node.
  std::string text;
  std::chrono::milliseconds duration{0};
};

/// Things that go wrong on demand. A rule says which requests, how often, and what happens:
///
///     POST /nodes/*/lxc nth 2 reset after
///     GET /cluster/resources every 3 status 596
///     * /nodes/pve2/** first 5 status 595
///     POST **/status/start fail-task 'startup for container failed'
///
/// `*` stands for one part of a path, `**` for any number of them. Several rules are separated by `;`. The words stand
/// in docs/guide/lab.md.
class Faults {
 public:
  /// What is wrong with the rules; nothing: they are taken, beside those there are.
  std::optional<std::string> add(std::string_view rules);
  void clear() { rules_.clear(); }
  /// What happens to this request. Counts it.
  std::optional<Fault> strike(std::string_view method, std::string_view path);

 private:
  struct Rule {
    enum class How { always, nth, every, first };
    std::string method, path;
    How how = How::always;
    int number = 0;
    int seen = 0;
    Fault fault;
  };
  static std::optional<std::string> parse(std::string_view text, Rule& rule);
  std::vector<Rule> rules_;
};

/// Whether a path fits: `*` one part, `**` any number.
bool path_fits(std::string_view pattern, std::string_view path);

}  // namespace nmx::lab
