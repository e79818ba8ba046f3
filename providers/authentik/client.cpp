#include "providers/authentik/client.hpp"

#include <fmt/core.h>

#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/retry.hpp"

namespace nmx::authentik {
namespace {

constexpr int connections = 4;
constexpr int attempts = 5;
/// The server may give less: what it says of the next page decides.
constexpr int page_size = 100;
constexpr int most_pages = 10'000;

enum class For { server, log };

/// Plain JSON takes no secrets: they become plain text, or nothing to see.
Value opened(const Value& value, For whom) {
  if (value.secret && whom == For::log) return Value("(secret)");
  if (const auto* object = value.object()) {
    Object open;
    for (const auto& [name, inner] : *object) open.set(name, opened(inner, whom));
    return open;
  }
  if (const auto* list = value.list()) {
    List open;
    for (const auto& inner : *list) open.push_back(opened(inner, whom));
    return open;
  }
  Value open = value;
  open.secret = false;
  return open;
}

}  // namespace

Task<Reply> Client::call(Call call) {
  HttpRequest request;
  request.method = call.method;
  request.url = access_.base + call.path;
  if (!call.query.empty()) request.url += '?' + call.query.encoded();
  request.trust = access_.trust;
  request.connections = connections;
  request.timeout = Milliseconds{60'000};
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back("Authorization", "Bearer " + access_.token);
  const auto asked = fmt::format("{} {}", call.method, call.path);
  if (!call.body.is_null()) {
    auto body = to_json(opened(call.body, For::server));
    if (!body) co_return Reply{Reply::Kind::refused, 0, body.error().message, {}, asked};
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = *std::move(body);
    if (auto log = to_json(opened(call.body, For::log))) request.log_body = *std::move(log);
  }
  Backoff backoff(Milliseconds{200}, Milliseconds{5'000});
  for (int attempt = 1;; ++attempt) {
    auto asking = env_->http(request);
    const auto result = co_await asking;
    auto reply = read_answer(result, asked);
    const bool again =
        reply.kind == Reply::Kind::unreachable || (reply.kind == Reply::Kind::lost && call.method == "GET");
    if (!again || attempt >= attempts) co_return reply;
    auto pause = env_->sleep(backoff.wait(env_->random()));
    co_await pause;
  }
}

Task<Result<List>> Client::list(std::string path, Form query) {
  List all;
  std::int64_t page = 1;
  for (int read = 0; page > 0 && read < most_pages; ++read) {
    Call asking{"GET", path, query};
    asking.query.set("page_size", page_size);
    asking.query.set("page", page);
    auto calling = call(std::move(asking));
    const auto reply = co_await calling;
    if (!reply.ok()) co_return to_error(reply);
    const Fields envelope(reply.data);
    const auto& results = elements(envelope.at("results"));
    all.insert(all.end(), results.begin(), results.end());
    const auto next = Fields(envelope.at("pagination")).integer_or("next", 0);
    page = next > page ? next : 0;
  }
  co_return all;
}

}  // namespace nmx::authentik
