#include "providers/lab/faults.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace nmx::lab {
namespace {

/// Words at blanks; what stands in quotes is one.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\n", at)) != std::string_view::npos) {
    const bool quoted = text[at] == '\'' || text[at] == '"';
    const auto begin = quoted ? at + 1 : at;
    const auto end = std::min(quoted ? text.find(text[at], begin) : text.find_first_of(" \t\n", begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    at = std::min(end + (quoted ? 1 : 0), text.size());
  }
  return words;
}

std::vector<std::string_view> rules_of(std::string_view text) {
  std::vector<std::string_view> rules;
  char quote = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && quote == 0 && (text[at] == '\'' || text[at] == '"')) {
      quote = text[at];
    } else if (at < text.size() && text[at] == quote) {
      quote = 0;
    } else if (at == text.size() || (text[at] == ';' && quote == 0)) {
      rules.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  return rules;
}

std::optional<int> number(std::string_view word) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && end == word.data() + word.size() && value > 0 ? std::optional(value) : std::nullopt;
}

/// `30s`, `250ms`.
std::optional<std::chrono::milliseconds> duration(std::string_view word) {
  const auto unit = std::min(word.find_first_not_of("0123456789"), word.size());
  const auto value = number(word.substr(0, unit));
  if (!value) return std::nullopt;
  if (word.substr(unit) == "ms") return std::chrono::milliseconds(*value);
  if (word.substr(unit) == "s") return std::chrono::seconds(*value);
  if (word.substr(unit) == "min") return std::chrono::minutes(*value);
  return std::nullopt;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 595: return "No route to host";
    case 596: return "Connection timed out";
    case 597: return "Broken pipe";
    case 599: return "Too many redirections";
  }
  return "Fault";
}

/// A rule's words, read one after another.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}
  bool empty() const { return at_ == words_.size(); }
  std::string next() { return empty() ? std::string() : words_[at_++]; }
  bool take(std::string_view word) {
    const bool is_next = !empty() && words_[at_] == word;
    if (is_next) ++at_;
    return is_next;
  }
  const std::string* peek() const { return empty() ? nullptr : &words_[at_]; }

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

std::optional<std::string> parse_action(Words& words, Fault& fault) {
  using Kind = Fault::Kind;
  const auto action = words.next();
  if (action == "reset") {
    fault.kind = Kind::reset;
  } else if (action == "hang") {
    fault.kind = Kind::hang;
    const auto wait = duration(words.next());
    if (!wait) return "`hang` needs how long: `30s`, `250ms`";
    fault.duration = *wait;
  } else if (action == "status") {
    fault.kind = Kind::status;
    const auto status = number(words.next());
    if (!status || *status < 400 || *status > 599) return "`status` needs a number from 400 to 599";
    fault.status = *status;
    const auto* reason = words.peek();
    const bool told = reason != nullptr && *reason != "before" && *reason != "after";
    fault.text = told ? words.next() : std::string(reason_of(*status));
  } else if (action == "slow-task") {
    fault.kind = Kind::slow_task;
    const auto length = duration(words.next());
    if (!length) return "`slow-task` needs how long: `60s`";
    fault.duration = *length;
  } else if (action == "fail-task" || action == "full" || action == "node-down" || action == "node-up") {
    fault.kind = action == "fail-task"   ? Kind::fail_task
                 : action == "full"      ? Kind::full_storage
                 : action == "node-down" ? Kind::node_down
                                         : Kind::node_up;
    fault.text = words.next();
    if (fault.text.empty()) return fmt::format("`{}` needs a word after it", action);
  } else {
    return fmt::format(
        "`{}` is nothing that can happen: reset, hang, status, slow-task, fail-task, full, node-down, "
        "node-up",
        action);
  }
  return std::nullopt;
}

}  // namespace

bool path_fits(std::string_view pattern, std::string_view path) {
  const auto part = [](std::string_view& text) {
    while (!text.empty() && text.front() == '/') text.remove_prefix(1);
    const auto first = text.substr(0, text.find('/'));
    text.remove_prefix(first.size());
    return first;
  };
  auto rest_of_pattern = pattern;
  const auto wanted = part(rest_of_pattern);
  if (wanted == "**") {
    if (path_fits(rest_of_pattern, path)) return true;
    auto rest = path;
    return !part(rest).empty() && path_fits(pattern, rest);
  }
  auto rest_of_path = path;
  const auto given = part(rest_of_path);
  if (wanted.empty() || given.empty()) return wanted.empty() && given.empty();
  return (wanted == "*" || wanted == given) && path_fits(rest_of_pattern, rest_of_path);
}

std::optional<std::string> Faults::parse(std::string_view text, Rule& rule) {
  Words words(words_of(text));
  rule.method = words.next();
  if (rule.method != "*" && rule.method != "GET" && rule.method != "POST" && rule.method != "PUT" &&
      rule.method != "DELETE") {
    return fmt::format("`{}` is no method: GET, POST, PUT, DELETE or `*`", rule.method);
  }
  rule.path = words.next();
  if (rule.path.empty() || (rule.path.front() != '/' && rule.path.front() != '*'))
    return fmt::format("`{}` is no path: it begins with `/` or `**`", rule.path);
  for (const auto& [word, how] :
       {std::pair("nth", Rule::How::nth), std::pair("every", Rule::How::every), std::pair("first", Rule::How::first)}) {
    if (!words.take(word)) continue;
    const auto count = number(words.next());
    if (!count) return fmt::format("`{}` needs a number", word);
    rule.how = how;
    rule.number = *count;
    break;
  }
  if (auto error = parse_action(words, rule.fault)) return error;
  if (words.take("after")) {
    rule.fault.moment = Fault::Moment::after;
  } else {
    words.take("before");
  }
  if (!words.empty()) return fmt::format("`{}` is one word too many", words.next());
  return std::nullopt;
}

std::optional<std::string> Faults::add(std::string_view rules) {
  std::vector<Rule> read;
  for (const auto text : rules_of(rules)) {
    if (text.find_first_not_of(" \t\n") == std::string_view::npos) continue;
    Rule rule;
    if (const auto error = parse(text, rule)) return fmt::format("in the fault `{}`: {}", text, *error);
    read.push_back(std::move(rule));
  }
  rules_.insert(rules_.end(), read.begin(), read.end());
  return std::nullopt;
}

std::optional<Fault> Faults::strike(std::string_view method, std::string_view path) {
  std::optional<Fault> struck;
  for (auto& rule : rules_) {
    if ((rule.method != "*" && rule.method != method) || !path_fits(rule.path, path)) continue;
    ++rule.seen;
    const bool now = rule.how == Rule::How::always || (rule.how == Rule::How::nth && rule.seen == rule.number) ||
                     (rule.how == Rule::How::every && rule.seen % rule.number == 0) ||
                     (rule.how == Rule::How::first && rule.seen <= rule.number);
    if (now && !struck) struck = rule.fault;
  }
  return struck;
}

}  // namespace nmx::lab
