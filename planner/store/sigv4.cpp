#include "planner/store/sigv4.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "planner/checksum.hpp"

namespace nmx {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string sha256(std::string_view text) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()), bytes_of(text), text.size());
  return digest;
}

std::string hmac(std::string_view key, std::string_view text) {
  std::string digest(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(digest.data()));
  sodium_memzero(&state, sizeof state);
  return digest;
}

/// `20150830T123600Z`.
std::string time_text(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text;
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts));
}

struct UrlParts {
  std::string host;
  std::string path;
  std::string query;
};

UrlParts parts_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const auto path = rest.find_first_of("/?");
  UrlParts parts{std::string(rest.substr(0, path)), "/", ""};
  if (path == std::string_view::npos) return parts;
  const auto query = rest.find('?', path);
  if (rest[path] == '/') parts.path = rest.substr(path, query == std::string_view::npos ? query : query - path);
  if (query != std::string_view::npos) parts.query = rest.substr(query + 1);
  return parts;
}

/// Sorted by name, then value; a name alone gets an empty value.
std::string canonical_query(std::string_view query) {
  std::vector<std::string> pairs;
  while (!query.empty()) {
    const auto end = query.find('&');
    std::string pair(query.substr(0, end));
    if (pair.find('=') == std::string::npos) pair += '=';
    pairs.push_back(std::move(pair));
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  std::sort(pairs.begin(), pairs.end(), [](const std::string& a, const std::string& b) {
    const auto name = [](const std::string& pair) { return pair.substr(0, pair.find('=')); };
    return name(a) != name(b) ? name(a) < name(b) : a < b;
  });
  std::string text;
  for (const auto& pair : pairs) text += (text.empty() ? "" : "&") + pair;
  return text;
}

/// Outer blanks go, inner ones become one.
std::string folded(std::string_view value) {
  std::string text;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (text.empty() || text.back() == ' ')) continue;
    text += blank ? ' ' : c;
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return made;
}

}  // namespace

std::string aws_encoded(std::string_view text, AwsPart part) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  static constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string made;
  for (const char c : text) {
    const bool plain = unreserved.find(c) != std::string_view::npos || (c == '/' && part == AwsPart::path);
    if (plain) {
      made += c;
      continue;
    }
    made += '%';
    made += digits[static_cast<unsigned char>(c) >> 4];
    made += digits[static_cast<unsigned char>(c) & 15];
  }
  return made;
}

void sign_aws(HttpRequest& request, const AwsCredentials& who, std::string_view region, std::string_view service,
              std::int64_t wall_ms, AwsBody body) {
  const auto time = time_text(wall_ms);
  const auto day = time.substr(0, 8);
  const auto url = parts_of(request.url);
  const auto body_hash = to_hex(sha256(request.body));
  request.headers.emplace_back("X-Amz-Date", time);
  if (body == AwsBody::hashed_in_header) request.headers.emplace_back("X-Amz-Content-Sha256", body_hash);
  if (!who.session_token.empty()) request.headers.emplace_back("X-Amz-Security-Token", who.session_token);

  std::map<std::string, std::string> signed_headers{{"host", url.host}};
  for (const auto& [name, value] : request.headers) {
    auto& together = signed_headers[lower(name)];
    together += (together.empty() ? "" : ",") + folded(value);
  }
  std::string names;
  std::string lines;
  for (const auto& [name, value] : signed_headers) {
    names += (names.empty() ? "" : ";") + name;
    lines += name + ":" + value + "\n";
  }
  const auto canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, url.path, canonical_query(url.query),
                                     lines, names, body_hash);
  const auto scope = fmt::format("{}/{}/{}/aws4_request", day, region, service);
  const auto to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope, to_hex(sha256(canonical)));
  auto key = hmac("AWS4" + who.secret_key, day);
  for (const auto part : {region, service, std::string_view("aws4_request")}) key = hmac(key, part);
  request.headers.emplace_back(
      "Authorization", fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", who.access_key,
                                   scope, names, to_hex(hmac(key, to_sign))));
}

}  // namespace nmx
