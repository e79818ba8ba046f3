#include "providers/proxmox/reply.hpp"

#include <fmt/core.h>

#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const auto& part : split_list(text, "\r\n")) {
    if (!line.empty()) line += "; ";
    line += part;
  }
  return line;
}

std::string help_for(const Reply& reply) {
  if (reply.status == 401) {
    if (reply.says("No ticket")) return "the provider block has neither a token nor a login";
    return "the token or password is wrong, expired or disabled; tokens are written `user@realm!name=secret`";
  }
  if (reply.status == 403) {
    if (reply.says("root@pam"))
      return "Proxmox allows this to no token: add `root = { user = \"root@pam\", password = … }` to the provider "
             "block";
    return "give the token's role this right on this path (Datacenter > Permissions); a token with privilege "
           "separation needs its own entry";
  }
  if (reply.kind == Reply::Kind::unreachable && reply.status == 595)
    return "the node is down or the cluster cannot reach it";
  if (reply.says("no quorum"))
    return "too many nodes of the cluster are down; Proxmox refuses every change until they are back";
  return {};
}

}  // namespace

bool Reply::says(std::string_view part) const {
  if (contains(message, part)) return true;
  for (const auto& [name, text] : errors) {
    if (contains(text, part)) return true;
  }
  return false;
}

std::string Reply::words() const {
  auto text = one_line(message);
  for (const auto& [name, what] : errors)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, one_line(what));
  return text;
}

Reply read_answer(const HttpResult& result, std::string asked) {
  Reply reply;
  reply.asked = std::move(asked);
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    reply.kind = failure->may_have_run ? Reply::Kind::lost : Reply::Kind::unreachable;
    reply.message = failure->message;
    return reply;
  }
  const auto& answer = std::get<HttpResponse>(result);
  reply.status = answer.status;
  auto body = answer.body.empty() ? Result<Value>(Value{}) : from_json(answer.body);
  if (body) {
    const Fields fields(*body);
    reply.data = fields.at("data");
    reply.message = trimmed(fields.text_or("message", ""));
    if (const auto* errors = fields.at("errors").object()) {
      for (const auto& [name, text] : *errors)
        reply.errors.emplace_back(name, trimmed(tolerant_text(text).value_or("")));
    }
  }
  if (answer.status >= 200 && answer.status < 300) {
    if (!body || !body->is_object()) {
      reply.kind = Reply::Kind::refused;
      reply.message = "the answer is not what a Proxmox API gives; does the endpoint lead somewhere else?";
    }
    return reply;
  }
  if (reply.message.empty()) reply.message = trimmed(answer.reason);
  if (reply.message.empty()) reply.message = fmt::format("status {}", answer.status);
  reply.kind = Reply::Kind::refused;
  if (answer.status == 595) reply.kind = Reply::Kind::unreachable;
  if (answer.status >= 596 && answer.status <= 599) reply.kind = Reply::Kind::lost;
  if (answer.status >= 502 && answer.status <= 504) reply.kind = Reply::Kind::lost;
  if (answer.status == 429) reply.kind = Reply::Kind::unreachable;
  return reply;
}

bool is_absent(const Reply& reply, std::string_view vmid) {
  return reply.kind == Reply::Kind::refused && contains(reply.message, "Configuration file 'nodes/") &&
         contains(reply.message, fmt::format("/{}.conf' does not exist", vmid));
}

bool is_locked(const Reply& reply) {
  if (reply.kind != Reply::Kind::refused) return false;
  return (contains(reply.message, "can't lock file") && contains(reply.message, "got timeout")) ||
         contains(reply.message, "CT is locked (") || contains(reply.message, "cfs-lock ");
}

bool is_conflict(const Reply& reply) {
  return reply.kind == Reply::Kind::refused && contains(reply.message, "detected modified configuration");
}

Error to_error(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::ok:
    case Reply::Kind::refused: return {fmt::format("{}: {}", reply.asked, reply.words()), help_for(reply)};
    case Reply::Kind::unreachable:
      return {fmt::format("{}: not reached: {}", reply.asked, reply.words()), help_for(reply)};
    case Reply::Kind::lost:
      return {fmt::format("{}: no answer, it may have been carried out: {}", reply.asked, reply.words()),
              help_for(reply)};
  }
  return {};
}

}  // namespace nmx::proxmox
