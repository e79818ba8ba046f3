#include "providers/authentik/reply.hpp"

#include <fmt/core.h>

#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

constexpr std::size_t longest = 2'000;

/// `{"redirect_uris": [{"url": ["…"]}]}` → `redirect_uris[0].url: …`, one behind the other.
void flatten(const Value& value, const std::string& path, std::string& words) {
  if (words.size() > longest) return;
  if (const auto* object = value.object()) {
    for (const auto& [name, inner] : *object) {
      if (path.empty() && name == "code") continue;
      const bool plain = path.empty() && (name == "detail" || name == "non_field_errors");
      flatten(inner, plain ? "" : path.empty() ? name : path + '.' + name, words);
    }
    return;
  }
  if (const auto* list = value.list()) {
    for (std::size_t at = 0; at < list->size(); ++at) {
      const bool text = (*list)[at].is_string();
      flatten((*list)[at], text ? path : fmt::format("{}[{}]", path, at), words);
    }
    return;
  }
  const auto text = tolerant_text(value).value_or("");
  if (text.empty()) return;
  if (!words.empty()) words += "; ";
  words += path.empty() ? text : fmt::format("{}: {}", path, text);
}

std::string help_for(const Reply& reply) {
  const auto says = [&](std::string_view part) { return reply.message.find(part) != std::string::npos; };
  if (reply.status == 401 || (reply.status == 403 && (says("Token invalid") || says("credentials were not provided"))))
    return "the token is wrong or expired; its intent must be `API` (Directory > Tokens)";
  if (reply.status == 403) return "give the token's user this right, or make it a superuser";
  if (reply.status >= 300 && reply.status < 400) return "write the `url` of the provider as it is in the end";
  return {};
}

}  // namespace

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
  if (body) reply.data = *body;
  if (answer.status >= 200 && answer.status < 300) {
    if (!body) {
      reply.kind = Reply::Kind::refused;
      reply.message = "the answer is not what an Authentik gives; does the `url` lead somewhere else?";
    }
    return reply;
  }
  if (body) flatten(*body, "", reply.message);
  if (reply.message.empty()) {
    const auto* location = answer.header("Location");
    reply.message = location ? "it leads to " + *location : fmt::format("status {} {}", answer.status, answer.reason);
  }
  // A proxy in front of a server that starts up answers 502 to 504; Authentik itself 503 until it is ready.
  if (answer.status >= 500) reply.kind = Reply::Kind::lost;
  if (answer.status == 503 || answer.status == 429) reply.kind = Reply::Kind::unreachable;
  if (answer.status < 500 && answer.status != 429) reply.kind = Reply::Kind::refused;
  return reply;
}

Error to_error(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::ok:
    case Reply::Kind::refused: return {fmt::format("{}: {}", reply.asked, reply.message), help_for(reply)};
    case Reply::Kind::unreachable:
      return {fmt::format("{}: not reached: {}", reply.asked, reply.message), help_for(reply)};
    case Reply::Kind::lost:
      return {fmt::format("{}: no answer, it may have been carried out: {}", reply.asked, reply.message),
              help_for(reply)};
  }
  return {};
}

}  // namespace nmx::authentik
