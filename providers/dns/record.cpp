#include "providers/dns/record.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lang/value/ip_address.hpp"
#include "providers/dns/name.hpp"

namespace nmx::dns {
namespace {

struct TypeRow {
  std::string_view name;
  std::uint16_t number;
};
constexpr std::array<TypeRow, 9> types{
    {{"A", 1}, {"AAAA", 28}, {"CAA", 257}, {"CNAME", 5}, {"MX", 15}, {"NS", 2}, {"PTR", 12}, {"SRV", 33}, {"TXT", 16}}};

std::optional<unsigned> number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

/// A host that a record points to. One label alone is most often a mistake.
Result<std::string> target(std::string_view written) {
  if (written == ".") return std::string(".");
  if (written.find('.') == std::string_view::npos) {
    return Error{fmt::format("`{}` is not a full name", written),
                 fmt::format("write it with its domain, `{}.example.com`", written)};
  }
  auto full = full_name(written);
  if (const auto mistake = mistake_in_name(full); !mistake.empty())
    return Error{fmt::format("`{}` is no host name: {}", written, mistake)};
  return full;
}

Result<std::string> normal_address(std::string_view type, std::string_view written) {
  const auto address = parse_ip(written);
  const int bits = type == "A" ? 32 : 128;
  if (!address) return Error{fmt::format("`{}` is no address", written)};
  if (address->bits != bits) {
    return Error{fmt::format("`{}` is an IPv{} address", written, address->bits == 32 ? 4 : 6),
                 fmt::format("its type is {}", address->bits == 32 ? "A" : "AAAA")};
  }
  return to_string(*address);
}

Result<std::string> normal_mx(const std::vector<std::string>& words, std::string_view written) {
  const auto preference = words.size() == 2 ? number(words[0], 65'535) : std::nullopt;
  if (!preference) return Error{fmt::format("`{}` is no MX", written), "write `10 mail.example.com`"};
  auto host = target(words[1]);
  if (!host) return host.error();
  return fmt::format("{} {}", *preference, *host);
}

Result<std::string> normal_srv(const std::vector<std::string>& words, std::string_view written) {
  std::string numbers;
  for (std::size_t at = 0; words.size() == 4 && at < 3; ++at) {
    if (const auto one = number(words[at], 65'535)) numbers += fmt::format("{} ", *one);
  }
  if (std::count(numbers.begin(), numbers.end(), ' ') != 3) {
    return Error{fmt::format("`{}` is no SRV", written),
                 "write priority, weight, port and host: `0 5 25565 game.example.com`"};
  }
  auto host = target(words[3]);
  if (!host) return host.error();
  return numbers + *host;
}

Result<std::string> normal_caa(const std::vector<std::string>& words, std::string_view written) {
  const auto flags = words.size() == 3 ? number(words[0], 255) : std::nullopt;
  const bool tagged = flags && !words[1].empty() && words[1].size() < 16 &&
                      words[1].find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos;
  if (!tagged) {
    return Error{fmt::format("`{}` is no CAA", written),
                 "write flags, tag and value: `0 issue letsencrypt.org`, `0 issuewild ;`"};
  }
  return fmt::format("{} {} \"{}\"", *flags, words[1], words[2]);
}

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xFF);
}
unsigned get16(std::string_view data, std::size_t at) {
  if (at + 2 > data.size()) return 0;
  return static_cast<unsigned>(static_cast<unsigned char>(data[at])) << 8 | static_cast<unsigned char>(data[at + 1]);
}

void put_name(std::string& out, std::string_view full) {
  std::size_t at = 0;
  while (at < full.size()) {
    const auto end = std::min(full.find('.', at), full.size());
    if (end > at) {
      out += static_cast<char>(end - at);
      out += full.substr(at, end - at);
    }
    at = end + 1;
  }
  out += '\0';
}

std::string get_name(std::string_view data, std::size_t at) {
  std::string name;
  while (at < data.size() && data[at] != 0) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(data[at]));
    if (at + 1 + size > data.size()) break;
    name += full_name(data.substr(at + 1, size));
    at += size + 1;
  }
  return name.empty() ? "." : name;
}

std::string address_bytes(std::string_view text) {
  const auto address = parse_ip(text);
  if (!address) return {};
  std::string bytes;
  for (int shift = address->bits - 8; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<unsigned char>((address->number >> shift) & 0xFFu));
  return bytes;
}

std::string address_text(std::string_view bytes) {
  IpAddress address{static_cast<int>(bytes.size()) * 8, 0};
  for (const char byte : bytes) address.number = address.number << 8 | static_cast<unsigned char>(byte);
  return to_string(address);
}

}  // namespace

const std::vector<std::string>& record_types() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& row : types) all.emplace_back(row.name);
    return all;
  }();
  return names;
}

std::uint16_t type_number(std::string_view type) {
  for (const auto& row : types) {
    if (row.name == type) return row.number;
  }
  return 0;
}

std::string type_text(std::uint16_t number) {
  for (const auto& row : types) {
    if (row.number == number) return std::string(row.name);
  }
  return fmt::format("TYPE{}", number);
}

std::vector<std::string> words_of(std::string_view value) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < value.size()) {
    if (value[at] == ' ' || value[at] == '\t') {
      ++at;
      continue;
    }
    std::string word;
    const bool quoted = value[at] == '"';
    if (quoted) ++at;
    for (; at < value.size(); ++at) {
      const char c = value[at];
      if (quoted ? c == '"' : c == ' ' || c == '\t') break;
      if (c != '\\' || at + 1 >= value.size()) {
        word += c;
        continue;
      }
      const auto code = at + 3 < value.size() ? number(value.substr(at + 1, 3), 255) : std::nullopt;
      word += code ? static_cast<char>(*code) : value[at + 1];
      at += code ? 3 : 1;
    }
    if (quoted) ++at;
    words.push_back(std::move(word));
  }
  return words;
}

Result<std::string> normal_value(std::string_view type, std::string_view written) {
  if (type == "TXT") {
    if (written.size() > 4'000) return Error{"a TXT is at most 4000 bytes long"};
    return std::string(written);
  }
  const auto words = words_of(written);
  if (type == "MX") return normal_mx(words, written);
  if (type == "SRV") return normal_srv(words, written);
  if (type == "CAA") return normal_caa(words, written);
  if (words.size() != 1) return Error{fmt::format("`{}` is not one value", written), "several go into `values`"};
  if (type == "A" || type == "AAAA") return normal_address(type, words[0]);
  return target(words[0]);
}

std::string file_value(std::string_view type, std::string_view value) {
  if (type != "TXT") return std::string(value);
  std::string text;
  for (std::size_t at = 0; at == 0 || at < value.size(); at += 255) {
    text += at == 0 ? "\"" : " \"";
    for (const char c : value.substr(at, 255)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') text += '\\';
      text += byte < 0x20 || byte > 0x7e ? fmt::format("\\{:03}", static_cast<unsigned>(byte)) : std::string(1, c);
    }
    text += '"';
  }
  return text;
}

Result<std::string> from_file_value(std::string_view type, std::string_view text) {
  if (type != "TXT") return normal_value(type, text);
  std::string value;
  for (const auto& word : words_of(text)) value += word;
  return value;
}

std::string to_wire(std::string_view type, std::string_view value) {
  if (type == "A" || type == "AAAA") return address_bytes(value);
  std::string data;
  if (type == "TXT") {
    for (std::size_t at = 0; at == 0 || at < value.size(); at += 255) {
      const auto part = value.substr(at, 255);
      data += static_cast<char>(part.size());
      data += part;
    }
    return data;
  }
  const auto words = words_of(value);
  if (type == "CAA" && words.size() == 3) {
    data += static_cast<char>(number(words[0], 255).value_or(0));
    data += static_cast<char>(words[1].size());
    return data + words[1] + words[2];
  }
  for (std::size_t at = 0; at + 1 < words.size(); ++at) put16(data, number(words[at], 65'535).value_or(0));
  if (!words.empty()) put_name(data, words.back());
  return data;
}

std::string from_wire(std::string_view type, std::string_view data) {
  if (type == "A" || type == "AAAA") return address_text(data);
  if (type == "MX") return fmt::format("{} {}", get16(data, 0), get_name(data, 2));
  if (type == "SRV")
    return fmt::format("{} {} {} {}", get16(data, 0), get16(data, 2), get16(data, 4), get_name(data, 6));
  if (type == "CNAME" || type == "NS" || type == "PTR") return get_name(data, 0);
  if (type == "CAA" && data.size() > 2) {
    const auto tag = static_cast<std::size_t>(static_cast<unsigned char>(data[1]));
    const auto value = data.size() > 2 + tag ? data.substr(2 + tag) : std::string_view();
    return fmt::format("{} {} \"{}\"", static_cast<unsigned>(static_cast<unsigned char>(data[0])), data.substr(2, tag),
                       value);
  }
  std::string text;
  if (type == "TXT") {
    for (std::size_t at = 0; at < data.size();) {
      const auto size = static_cast<std::size_t>(static_cast<unsigned char>(data[at]));
      text += data.substr(at + 1, size);
      at += size + 1;
    }
    return text;
  }
  for (const char c : data) text += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace nmx::dns
