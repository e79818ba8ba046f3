#include "lang/value/checked.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "lang/value/ip_address.hpp"

namespace nmx {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c); }

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

Error malformed(std::string_view text, std::string_view type, std::string help) {
  constexpr std::size_t shown = 60;
  const std::string found = text.size() > shown ? fmt::format("{}…", text.substr(0, shown)) : std::string(text);
  return {fmt::format("`{}` is not {}", found, type), std::move(help)};
}

Result<std::string> ip(std::string_view text) {
  if (const auto address = parse_ip(text)) return to_string(*address);
  if (parse_cidr(text)) return malformed(text, "an ip", "leave out the prefix, or take a type `cidr`");
  return malformed(text, "an ip", "write it like `192.168.1.10` or `fd00::10`");
}

Result<std::string> cidr(std::string_view text) {
  if (const auto network = parse_cidr(text)) return to_string(*network);
  if (const auto address = parse_ip(text)) {
    return malformed(text, "a cidr", fmt::format("add the prefix: `{}/{}`", text, address->bits == 32 ? 24 : 64));
  }
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && parse_ip(text.substr(0, slash))) {
    const bool short_form = text.find(':') == std::string_view::npos;
    return malformed(text, "a cidr", fmt::format("the prefix is a number from 0 to {}", short_form ? 32 : 128));
  }
  return malformed(text, "a cidr", "write it like `192.168.1.0/24` or `fd00::/64`");
}

Result<std::string> ip_range(std::string_view text) {
  if (const auto range = parse_ip_range(text)) return to_string(*range);
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos &&
      parse_ip_range(fmt::format("{}-{}", text.substr(dash + 1), text.substr(0, dash)))) {
    return malformed(text, "an ip_range", "the lower address comes first");
  }
  return malformed(text, "an ip_range", "write it like `192.168.1.20-192.168.1.99`");
}

Result<std::string> mac(std::string_view text) {
  const Error wrong = malformed(text, "a mac", "write it like `BC:24:11:00:00:01`");
  if (text.size() != 17 || (text[2] != ':' && text[2] != '-')) return wrong;
  std::string result(text);
  for (std::size_t i = 0; i < result.size(); ++i) {
    char& c = result[i];
    if (i % 3 == 2) {
      if (c != text[2]) return wrong;
      c = ':';
      continue;
    }
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    if (!is_digit(c) && !(c >= 'A' && c <= 'F')) return wrong;
  }
  return result;
}

/// What is wrong with a name of RFC 1123; nothing where it is one.
std::optional<std::string> hostname_fault(std::string_view text) {
  constexpr std::size_t longest_name = 253;
  constexpr std::size_t longest_label = 63;
  if (text.empty()) return "a hostname is not empty";
  if (text.ends_with('.')) return "leave out the dot at the end";
  if (text.size() > longest_name) return "a hostname has at most 253 characters";
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const std::string_view label = text.substr(begin, end - begin);
    if (label.empty()) return "there is nothing between two dots";
    if (label.size() > longest_label) return "a part between dots has at most 63 characters";
    if (label.front() == '-' || label.back() == '-') return "no part begins or ends with `-`";
    if (label.find('_') != std::string_view::npos) return "`_` is not allowed; take `-`";
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; })) {
      return "a hostname has letters, digits, `-` and dots";
    }
    begin = end + 1;
  }
  return std::nullopt;
}

Result<std::string> hostname(std::string_view text) {
  if (auto fault = hostname_fault(text)) return malformed(text, "a hostname", *std::move(fault));
  return lowered(text);
}

bool is_port(std::string_view text) {
  constexpr int highest = 65535;
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  const int number = std::stoi(std::string(text));
  return number >= 1 && number <= highest;
}

/// `host`, `host:port`, `[fd00::1]:port`, each with `user:password@` before it; nothing where it is none of them.
std::optional<std::string> authority(std::string_view text) {
  const std::size_t at = text.rfind('@');
  const std::string user(at == std::string_view::npos ? std::string_view() : text.substr(0, at + 1));
  std::string_view host = text.substr(user.size());
  std::string_view port;
  const std::size_t bracket = host.starts_with('[') ? host.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  if (const std::size_t colon = host.find(':', bracket); colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (!is_port(port)) return std::nullopt;
  }
  std::string canonical_host;
  if (host.starts_with('[')) {
    if (host.size() < 2 || !host.ends_with(']')) return std::nullopt;
    const auto address = parse_ip(host.substr(1, host.size() - 2));
    if (!address || address->bits != 128) return std::nullopt;
    canonical_host = fmt::format("[{}]", to_string(*address));
  } else {
    std::string dashed(host);  // names of containers and the like may hold `_`
    std::replace(dashed.begin(), dashed.end(), '_', 'x');
    if (hostname_fault(dashed)) return std::nullopt;
    canonical_host = lowered(host);
  }
  return fmt::format("{}{}{}{}", user, canonical_host, port.empty() ? "" : ":", port);
}

Result<std::string> url(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) {
    return malformed(text, "a url",
                     fmt::format("write it with its scheme, like `https://{}`", text.empty() ? "host" : text));
  }
  const std::string scheme = lowered(text.substr(0, colon));
  const bool good_scheme = !is_digit(scheme.front()) && std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
  });
  if (!good_scheme) return malformed(text, "a url", fmt::format("`{}` is not a scheme", scheme));
  const auto unprintable = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), unprintable)) {
    return malformed(text, "a url", "a space is written `%20`");
  }
  const std::string_view rest = text.substr(colon + 3);
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  if (path == 0 && rest.starts_with('/')) return fmt::format("{}://{}", scheme, rest);  // file:///srv
  const auto place = authority(rest.substr(0, path));
  if (!place)
    return malformed(text, "a url", fmt::format("`{}` is not a host with an optional port", rest.substr(0, path)));
  return fmt::format("{}://{}{}", scheme, *place, rest.substr(path));
}

Result<std::string> path(std::string_view text) {
  if (!text.starts_with('/')) return malformed(text, "a path", "a path begins with `/`");
  if (text.find('\0') != std::string_view::npos) return malformed(text, "a path", "a path has no zero bytes");
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (part == "..") return malformed(text, "a path", "write the path without `..`");
    if (!part.empty() && part != ".") result += fmt::format("/{}", part);
    begin = end + 1;
  }
  return result.empty() ? "/" : result;
}

Result<std::string> email(std::string_view text) {
  const Error wrong = malformed(text, "an email", "write it like `ada@example.com`");
  const std::size_t at = text.rfind('@');
  constexpr std::size_t longest_local = 64;
  if (at == std::string_view::npos || at == 0 || at > longest_local) return wrong;
  const std::string_view local = text.substr(0, at);
  const auto allowed = [](char c) {
    return is_letter_or_digit(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  };
  const bool dots = local.starts_with('.') || local.ends_with('.') || local.find("..") != std::string_view::npos;
  if (dots || !std::all_of(local.begin(), local.end(), allowed) || hostname_fault(text.substr(at + 1))) return wrong;
  return fmt::format("{}@{}", local, lowered(text.substr(at + 1)));
}

}  // namespace

bool is_checked_string(Type::Tag tag) {
  using Tag = Type::Tag;
  return tag == Tag::ip || tag == Tag::ip_range || tag == Tag::cidr || tag == Tag::mac || tag == Tag::hostname ||
         tag == Tag::url || tag == Tag::path || tag == Tag::email;
}

Result<std::string> canonical(Type::Tag tag, std::string_view text) {
  if (tag == Type::Tag::ip) return ip(text);
  if (tag == Type::Tag::ip_range) return ip_range(text);
  if (tag == Type::Tag::cidr) return cidr(text);
  if (tag == Type::Tag::mac) return mac(text);
  if (tag == Type::Tag::hostname) return hostname(text);
  if (tag == Type::Tag::url) return url(text);
  if (tag == Type::Tag::path) return path(text);
  if (tag == Type::Tag::email) return email(text);
  return std::string(text);
}

}  // namespace nmx
