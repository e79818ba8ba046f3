#include "providers/dns/zone_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

constexpr std::int64_t default_ttl = 3'600;

/// One entry: its words, quotes kept, and the comment of its last line.
struct Entry {
  std::vector<std::string> words;
  std::string comment;
  /// It begins with a blank: the name of the one before is meant.
  bool nameless = false;
  int line = 0;
};

/// Cuts a text into entries; parentheses join lines.
std::vector<Entry> entries_of(std::string_view text) {
  std::vector<Entry> entries;
  Entry entry;
  int depth = 0;
  int line = 1;
  bool fresh = true;
  std::size_t at = 0;
  while (at <= text.size()) {
    const char c = at < text.size() ? text[at] : '\n';
    if (fresh) entry.nameless = c == ' ' || c == '\t', entry.line = line, fresh = false;
    if (c == '\n') {
      ++line;
      ++at;
      if (depth > 0) continue;
      if (!entry.words.empty()) entries.push_back(std::move(entry));
      entry = Entry{};
      fresh = true;
    } else if (c == ';') {
      const auto end = std::min(text.find('\n', at), text.size());
      const auto begin = std::min(text.find_first_not_of("; ", at), end);
      entry.comment = text.substr(begin, end - begin);
      at = end;
    } else if (c == '(' || c == ')') {
      depth += c == '(' ? 1 : -1;
      ++at;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else {
      const auto begin = at;
      const bool quoted = c == '"';
      for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
          ++at;
        } else if (quoted ? text[at] == '"' : std::string_view(" \t\r\n;()").find(text[at]) != std::string_view::npos) {
          break;
        }
      }
      if (quoted && at < text.size()) ++at;
      entry.words.emplace_back(text.substr(begin, at - begin));
    }
  }
  return entries;
}

/// `300`, `1h30m`.
std::optional<std::int64_t> seconds_of(std::string_view word) {
  std::int64_t total = 0;
  std::int64_t number = 0;
  bool digits = false;
  for (const char c : word) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
      digits = true;
      if (number > 0x7fffffff) return std::nullopt;
      continue;
    }
    const auto unit = std::string_view("smhdw").find(static_cast<char>(c | 0x20));
    constexpr std::int64_t units[] = {1, 60, 3'600, 86'400, 604'800};
    if (!digits || unit == std::string_view::npos) return std::nullopt;
    total += number * units[unit];
    number = 0;
    digits = false;
  }
  if (!digits && total == 0) return std::nullopt;
  return total + number;
}

/// A name in a file: without a dot at the end it is below the origin.
std::string below(std::string_view name, const std::string& origin) {
  if (name == "@") return origin;
  if (name.back() == '.') return full_name(name);
  return full_name(std::string(name) + '.' + origin);
}

/// Data whose last word is a name, in full.
std::string with_full_target(std::string_view type, std::vector<std::string> words, const std::string& origin) {
  const bool named = type == "CNAME" || type == "NS" || type == "PTR" || type == "MX" || type == "SRV";
  if (named && !words.empty()) words.back() = below(words.back(), origin);
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

class Parser {
 public:
  explicit Parser(std::string_view zone) : zone_(zone), origin_(full_name(zone)), name_(origin_) {}

  Status take(const Entry& entry) {
    const auto& words = entry.words;
    const auto wrong = [&](std::string_view what) { return Error{fmt::format("line {}: {}", entry.line, what)}; };
    if (words[0] == "$ORIGIN" && words.size() > 1) return origin_ = below(words[1], origin_), Done{};
    if (words[0] == "$TTL" && words.size() > 1) return ttl_ = seconds_of(words[1]).value_or(default_ttl), Done{};
    if (words[0][0] == '$') return wrong(fmt::format("`{}` is not understood", words[0]));
    std::size_t at = 0;
    if (!entry.nameless) name_ = below(words[at++], origin_);
    std::int64_t ttl = ttl_;
    for (; at < words.size(); ++at) {
      if (words[at] == "IN" || words[at] == "in") continue;
      const auto seconds = seconds_of(words[at]);
      if (!seconds) break;
      ttl = *seconds;
    }
    if (at >= words.size()) return wrong("a record without a type");
    auto type = words[at++];
    std::transform(type.begin(), type.end(), type.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    const std::vector<std::string> data(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    if (type == "SOA") return take_soa(data, ttl) ? Status(Done{}) : Status(wrong("the SOA is malformed"));
    const auto name = name_in_zone(name_, zone_);
    if (!name) return wrong(fmt::format("`{}` does not lie in the zone", name_));
    const auto text = with_full_target(type, data, origin_);
    const auto value = type_number(type) == 0 ? Result<std::string>(text) : from_file_value(type, text);
    if (!value) return wrong(value.error().message);
    auto& set = file_.records[{*name, type}];
    set.ttl = ttl;
    set.values.insert(*value);
    if (is_mark(entry.comment)) set.mark = entry.comment;
    return Done{};
  }

  bool take_soa(const std::vector<std::string>& data, std::int64_t ttl) {
    if (data.size() != 7) return false;
    file_.primary = below(data[0], origin_);
    file_.mailbox = below(data[1], origin_);
    file_.serial = static_cast<std::uint32_t>(tolerant_integer(Value(data[2])).value_or(0));
    file_.times.clear();
    for (std::size_t at = 3; at < 7; ++at) {
      const auto seconds = seconds_of(data[at]);
      if (!seconds) return false;
      file_.times += fmt::format("{}{}", file_.times.empty() ? "" : " ", *seconds);
    }
    file_.soa_ttl = ttl;
    return true;
  }

  ZoneFile finish() { return std::move(file_); }

 private:
  std::string zone_;
  std::string origin_;
  std::string name_;
  std::int64_t ttl_ = default_ttl;
  ZoneFile file_;
};

}  // namespace

Result<ZoneFile> parse_zone_file(std::string_view text, std::string_view zone) {
  Parser parser(zone);
  for (const auto& entry : entries_of(text)) {
    const auto taken = parser.take(entry);
    if (!taken) return taken.error();
  }
  auto file = parser.finish();
  if (file.primary.empty()) return Error{"it has no SOA"};
  return file;
}

std::string render_zone_file(const ZoneFile& file, std::string_view zone) {
  auto text = fmt::format("$ORIGIN {}\n@ {} IN SOA {} {} {} {}\n", full_name(zone), file.soa_ttl, file.primary,
                          file.mailbox, file.serial, file.times);
  for (const auto& [key, set] : file.records) {
    for (const auto& value : set.values) {
      text += fmt::format("{} {} IN {} {}", key.name, set.ttl, key.type, file_value(key.type, value));
      if (!set.mark.empty()) text += " ; " + set.mark;
      text += '\n';
    }
  }
  return text;
}

ZoneFile new_zone_file(std::string_view zone) {
  ZoneFile file;
  file.primary = "ns." + full_name(zone);
  file.mailbox = "hostmaster." + full_name(zone);
  file.records[{"@", "NS"}] = {300, {file.primary}};
  return file;
}

}  // namespace nmx::dns
