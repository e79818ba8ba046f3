#include "providers/nix/nix_log.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace nmx::nix {
namespace {

using Json = nlohmann::json;

// Source: nix src/libutil/logging.hh, the same since 2.4.
enum ActivityType { copy_paths = 103, builds = 104 };
constexpr std::size_t kept_lines = 10;
enum ResultType { build_log_line = 101, progress_numbers = 105 };

std::uint64_t number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<std::uint64_t>() : 0;
}

/// Without colours.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b' && at + 1 < text.size() && text[at + 1] == '[') {
      while (at < text.size() && text[at] != 'm') ++at;
    } else {
      out += text[at];
    }
  }
  return out;
}

}  // namespace

bool NixLog::feed(std::string_view piece) {
  rest_ += piece;
  changed_ = false;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    read(std::string_view(rest_).substr(begin, end - begin));
  }
  rest_.erase(0, begin);
  return changed_;
}

void NixLog::read(std::string_view line) {
  constexpr std::string_view mark = "@nix ";
  if (line.rfind(mark, 0) != 0) {
    if (!line.empty()) errors_ += std::string(line) + '\n';
    return;
  }
  const auto event = Json::parse(line.substr(mark.size()), nullptr, false);
  if (!event.is_object()) return;
  const auto action = event.value("action", "");
  const auto id = number(event, "id");
  if (action == "start") {
    const auto type = number(event, "type");
    if (type == builds) counted_[id] = "building";
    if (type == copy_paths) counted_[id] = "copying";
    return;
  }
  if (action == "msg" && number(event, "level") == 0) {
    errors_ += plain(event.value("msg", "")) + '\n';
    return;
  }
  if (action != "result" || !event.contains("fields") || !event["fields"].is_array()) return;
  const auto& fields = event["fields"];
  const auto type = number(event, "type");
  if (type == progress_numbers && counted_.contains(id) && fields.size() >= 2 && fields[0].is_number() &&
      fields[1].is_number()) {
    const Activity now{fields[0].get<std::uint64_t>(), fields[1].get<std::uint64_t>()};
    auto& known = sums_[counted_[id]];
    changed_ = changed_ || known.done != now.done || known.expected != now.expected;
    known = now;
  }
  if (type == build_log_line && !fields.empty() && fields[0].is_string()) {
    last_lines_.push_back(plain(fields[0].get<std::string>()));
    if (last_lines_.size() > kept_lines) last_lines_.pop_front();
  }
}

std::string NixLog::progress() const {
  std::string text;
  for (const auto& [what, sum] : sums_) {
    if (sum.expected == 0) continue;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {} of {}", what, sum.done, sum.expected);
  }
  return text;
}

std::string NixLog::failure() const {
  auto text = errors_;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (const auto& line : last_lines_) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace nmx::nix
