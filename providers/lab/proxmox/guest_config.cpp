#include "providers/lab/proxmox/guest_config.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace nmx::lab::proxmox {
namespace {

void append_section(std::string& text, const Options& options) {
  if (const auto described = options.find("description"); described != options.end()) {
    std::string_view rest = described->second;
    if (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
    for (bool more = true; more;) {
      const auto end = rest.find('\n');
      text += "#" + encode_description(rest.substr(0, end)) + "\n";
      more = end != std::string_view::npos;
      if (more) rest.remove_prefix(end + 1);
    }
  }
  for (const auto& [key, value] : options) {
    if (key != "description") text += fmt::format("{}: {}\n", key, value);
  }
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string encode_description(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x20 && byte < 0x7F && c != '%' && c != ':';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

std::string decode_description(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 && digit(text[at + 2]) >= 0;
    decoded += escape ? static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2])) : text[at];
    if (escape) at += 2;
  }
  return decoded;
}

std::string write_config(const GuestConfig& config) {
  std::string text;
  append_section(text, config.current);
  if (!config.pending.empty() || !config.pending_delete.empty()) {
    text += "\n[pve:pending]\n";
    auto pending = config.pending;
    std::string gone;
    for (const auto& [key, forced] : config.pending_delete) {
      gone += (gone.empty() ? "" : ",") + std::string(forced ? "!" : "") + key;
    }
    if (!gone.empty()) pending["delete"] = gone;
    append_section(text, pending);
  }
  for (const auto& [name, options] : config.snapshots) {
    text += fmt::format("\n[{}]\n", name);
    append_section(text, options);
  }
  return text;
}

GuestConfig read_config(std::string_view text) {
  GuestConfig config;
  auto* section = &config.current;
  bool pending = false;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) continue;
    if (line.front() == '[') {
      const auto name = line.substr(1, line.find(']') - 1);
      pending = name == "pve:pending";
      section = pending ? &config.pending : &config.snapshots[std::string(name)];
    } else if (line.front() == '#') {
      (*section)["description"] += decode_description(line.substr(1)) + "\n";
    } else if (const auto colon = line.find(": "); colon != std::string_view::npos) {
      const auto key = std::string(line.substr(0, colon));
      const auto value = trimmed(line.substr(colon + 2));
      if (!pending || key != "delete") {
        (*section)[key] = value.empty() ? " " : std::string(value);
        continue;
      }
      for (std::size_t at = 0; at < value.size();) {
        const auto end = std::min(value.find(',', at), value.size());
        const auto one = value.substr(at, end - at);
        const bool forced = !one.empty() && one.front() == '!';
        config.pending_delete[std::string(one.substr(forced ? 1 : 0))] = forced;
        at = end + 1;
      }
    }
  }
  return config;
}

std::string digest_of(const GuestConfig& config) { return sha1_of(write_config(config)); }

std::string sha1_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace nmx::lab::proxmox
