#include "providers/dns/message.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>

namespace nmx::dns {
namespace {

constexpr std::size_t header_size = 12;

std::size_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

/// Reads names and entries; `failed` once anything does not fit.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool failed = false;
  std::size_t at = header_size;

  std::string name() {
    std::string full;
    const auto end = expand(at, full);
    at = end.value_or(bytes_.size());
    if (!end) failed = true;
    return full.empty() ? "." : full;
  }

  Entry question() {
    Entry entry;
    entry.name = name();
    entry.type = read16(bytes_, at);
    entry.klass = read16(bytes_, at + 2);
    at += 4;
    check();
    return entry;
  }

  Entry record() {
    auto entry = question();
    entry.ttl = read32(bytes_, at);
    const std::size_t size = read16(bytes_, at + 4);
    at += 6;
    if (at + size > bytes_.size()) failed = true;
    if (failed) return entry;
    entry.data = data(entry.type, size);
    at += size;
    return entry;
  }

 private:
  void check() {
    if (at > bytes_.size()) failed = true;
  }

  /// Appends the name's labels in small letters; gives where the name ends. A pointer leads back, never on.
  std::optional<std::size_t> expand(std::size_t from, std::string& full) const {
    std::optional<std::size_t> end;
    std::size_t limit = from + 1;
    while (from < bytes_.size()) {
      const auto size = byte_at(bytes_, from);
      if (size >= 0xC0) {
        if (from + 1 >= bytes_.size()) return std::nullopt;
        const auto to = (size & 0x3F) << 8 | byte_at(bytes_, from + 1);
        if (!end) end = from + 2;
        if (to >= limit) return std::nullopt;
        limit = to;
        from = to;
        continue;
      }
      if (size > 63 || from + 1 + size > bytes_.size() || full.size() > 1'020) return std::nullopt;
      if (size == 0) return end.value_or(from + 1);
      append_label(full, bytes_.substr(from + 1, size));
      from += size + 1;
    }
    return std::nullopt;
  }

  static void append_label(std::string& full, std::string_view label) {
    for (const char c : label) {
      const auto byte = static_cast<unsigned char>(c);
      if (c >= 'A' && c <= 'Z') {
        full += static_cast<char>(c - 'A' + 'a');
      } else if (c == '.' || c == '\\') {
        full += '\\';
        full += c;
      } else if (byte <= 0x20 || byte >= 0x7f) {
        full += fmt::format("\\{:03}", static_cast<unsigned>(byte));
      } else {
        full += c;
      }
    }
    full += '.';
  }

  /// Data with its names uncompressed: those of the types that may be compressed.
  std::string data(std::uint16_t type, std::size_t size) {
    const auto whole = bytes_.substr(at, size);
    const std::size_t fixed = type == 15 ? 2 : type == 33 ? 6 : 0;
    const bool named = type == 2 || type == 5 || type == 12 || type == 15 || type == 33;
    if (!named || size <= fixed) return std::string(whole);
    std::string full;
    if (!expand(at + fixed, full)) failed = true;
    return std::string(whole.substr(0, fixed)) + name_bytes(full);
  }

  std::string_view bytes_;
};

void append_question(std::string& out, const Entry& entry) {
  out += name_bytes(entry.name);
  append16(out, entry.type);
  append16(out, entry.klass);
}

void append_record(std::string& out, const Entry& entry) {
  append_question(out, entry);
  append32(out, entry.ttl);
  append16(out, static_cast<std::uint16_t>(entry.data.size()));
  out += entry.data;
}

}  // namespace

std::string name_bytes(std::string_view full) {
  std::string out;
  std::string label;
  for (std::size_t at = 0; at < full.size(); ++at) {
    if (full[at] == '\\' && at + 1 < full.size()) {
      const bool coded = full[at + 1] >= '0' && full[at + 1] <= '9' && at + 3 < full.size();
      if (coded) {
        label += static_cast<char>((full[at + 1] - '0') * 100 + (full[at + 2] - '0') * 10 + (full[at + 3] - '0'));
        at += 3;
      } else {
        label += full[++at];
      }
    } else if (full[at] != '.') {
      label += full[at];
    } else if (!label.empty()) {
      out += static_cast<char>(label.size());
      out += label;
      label.clear();
    }
  }
  return out + '\0';
}

void append16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xFF);
}

void append32(std::string& out, std::uint32_t value) {
  append16(out, static_cast<std::uint16_t>(value >> 16));
  append16(out, static_cast<std::uint16_t>(value & 0xFFFF));
}

std::uint16_t read16(std::string_view bytes, std::size_t at) {
  if (at + 2 > bytes.size()) return 0;
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

std::uint32_t read32(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(read16(bytes, at)) << 16 | read16(bytes, at + 2);
}

std::string to_bytes(const Message& message) {
  std::string out;
  append16(out, message.id);
  append16(out, message.flags);
  for (const auto* section : {&message.questions, &message.answers, &message.authority, &message.additional})
    append16(out, static_cast<std::uint16_t>(section->size()));
  for (const auto& entry : message.questions) append_question(out, entry);
  for (const auto* section : {&message.answers, &message.authority, &message.additional}) {
    for (const auto& entry : *section) append_record(out, entry);
  }
  return out;
}

Result<Message> parse_message(std::string_view bytes) {
  const Error damaged{"the answer is damaged"};
  if (bytes.size() < header_size) return damaged;
  Message message;
  message.id = read16(bytes, 0);
  message.flags = read16(bytes, 2);
  Reader reader(bytes);
  for (int left = read16(bytes, 4); left > 0 && !reader.failed; --left) message.questions.push_back(reader.question());
  std::size_t count_at = 6;
  for (auto* section : {&message.answers, &message.authority, &message.additional}) {
    for (int left = read16(bytes, count_at); left > 0 && !reader.failed; --left) {
      const auto begin = reader.at;
      section->push_back(reader.record());
      if (section->back().type == type_tsig) message.tsig_at = begin;
    }
    count_at += 2;
  }
  if (reader.failed) return damaged;
  return message;
}

std::string code_text(unsigned code) {
  static constexpr std::array<std::string_view, 11> names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                          "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                          "NXRRSET", "NOTAUTH", "NOTZONE"};
  return code < names.size() ? std::string(names[code]) : fmt::format("code {}", code);
}

}  // namespace nmx::dns
