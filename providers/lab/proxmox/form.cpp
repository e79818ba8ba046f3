#include "providers/lab/proxmox/form.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nmx::lab::proxmox {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_decoded(std::string_view text, Plus plus) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escape = text[at] == '%' && at + 2 < text.size() && digit(text[at + 1]) >= 0 && digit(text[at + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(digit(text[at + 1]) * 16 + digit(text[at + 2]));
      at += 2;
    } else {
      decoded += text[at] == '+' && plus == Plus::blank ? ' ' : text[at];
    }
  }
  return decoded;
}

Json decode_form(std::string_view body) {
  auto form = Json::object();
  for (std::size_t at = 0; at < body.size();) {
    const auto end = std::min(body.find_first_of("&;", at), body.size());
    const auto pair = body.substr(at, end - at);
    at = end + 1;
    const auto equals = pair.find('=');
    const auto key = percent_decoded(pair.substr(0, equals), Plus::blank);
    Json value;
    if (equals != std::string_view::npos) {
      const auto raw = pair.substr(equals + 1);
      value = percent_decoded(raw.substr(0, raw.find('=')), Plus::blank);
    }
    if (!form.contains(key)) {
      form[key] = std::move(value);
    } else {
      if (!form[key].is_array()) form[key] = Json::array({form[key]});
      form[key].push_back(std::move(value));
    }
  }
  return form;
}

Json decode_multipart(std::string_view body, std::string_view content_type) {
  auto form = Json::object();
  const auto at = content_type.find("boundary=");
  if (at == std::string_view::npos) return form;
  const auto mark = "--" + std::string(content_type.substr(at + 9));
  auto begin = body.find(mark);
  while (begin != std::string_view::npos) {
    const auto end = body.find(mark, begin + mark.size());
    if (end == std::string_view::npos) break;
    const auto part = body.substr(begin + mark.size(), end - begin - mark.size());
    const auto blank = part.find("\r\n\r\n");
    begin = end;
    if (blank == std::string_view::npos) continue;
    const auto head = part.substr(0, blank);
    const auto content = part.substr(blank + 4, part.size() - blank - 6);
    const auto quoted = [&](std::string_view key) -> std::string {
      const auto found = head.find(key);
      if (found == std::string_view::npos) return "";
      const auto from = found + key.size();
      return std::string(head.substr(from, head.find('"', from) - from));
    };
    const auto file = quoted("; filename=\"");
    form[quoted(" name=\"")] = file.empty() ? std::string(content) : file;
    if (!file.empty()) form["\x01size"] = content.size();
  }
  return form;
}

std::string media_type(std::string_view header) {
  auto type = header.substr(0, header.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return std::string(type);
}

}  // namespace nmx::lab::proxmox
