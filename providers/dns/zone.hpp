#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nmx::dns {

/// What a zone keeps together: the records of one name and type.
struct RecordKey {
  std::string name;  // as its zone writes it: `app`, `@`
  std::string type;
  auto operator<=>(const RecordKey&) const = default;
};

struct RecordSet {
  std::int64_t ttl = 300;  // seconds
  std::set<std::string> values;
  /// What stands on it: `heritage=nmx,owner=…,resource=…`; empty: it is not nmx's, or nobody can tell.
  std::string mark = {};
  /// Cloudflare: whether its proxy stands in front.
  bool proxied = false;
  bool operator==(const RecordSet&) const = default;
};

/// Everything in a zone but its SOA, with nmx's marks already read into it.
using Zone = std::map<RecordKey, RecordSet>;

/// One record set that becomes another; nothing: it is not there.
struct Exchange {
  RecordKey key;
  std::optional<RecordSet> before;
  std::optional<RecordSet> after;
};

/// What leads from one content to another, by key.
std::vector<Exchange> exchanges(const Zone& before, const Zone& after);

/// Whose a record set is: a short name of the site, derived from its state's key, and the object's address.
std::string mark_text(std::string_view owner, std::string_view resource);
/// Whether a mark is nmx's and of this site.
bool is_marked_by(std::string_view mark, std::string_view owner);
/// Whether a mark is nmx's, of any site.
bool is_mark(std::string_view mark);

}  // namespace nmx::dns
