#include "providers/dns/http_api.hpp"

#include <fmt/core.h>

#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/retry.hpp"

namespace nmx::dns {
namespace {

constexpr int attempts = 3;

ApiAnswer read_answer(const HttpResult& result) {
  ApiAnswer answer;
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    answer.text = failure->message;
    return answer;
  }
  const auto& response = std::get<HttpResponse>(result);
  answer.status = response.status;
  auto json = response.body.empty() ? Result<Value>(Value{}) : from_json(response.body);
  if (json) {
    answer.json = *std::move(json);
  } else {
    answer.text = response.body.substr(0, 400);
  }
  return answer;
}

bool is_passing(int status) { return status == 0 || status == 429 || (status >= 502 && status <= 504); }

}  // namespace

Task<ApiAnswer> HttpApi::call(std::string method, std::string path, Headers headers, Value body) {
  HttpRequest request;
  request.method = method;
  request.url = url_ + path;
  request.headers = std::move(headers);
  request.trust = trust_;
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = to_json(body).value();
  }
  Backoff backoff(Milliseconds{200}, Milliseconds{5'000});
  for (int attempt = 1;; ++attempt) {
    auto asking = env_.http(request);
    auto answer = read_answer(co_await asking);
    const bool again = is_passing(answer.status) && (method == "GET" || answer.status == 429);
    if (!again || attempt >= attempts) co_return answer;
    auto pause = env_.sleep(backoff.wait(env_.random()));
    co_await pause;
  }
}

std::string told(const std::string& asked, const ApiAnswer& answer) {
  if (answer.status == 0) return fmt::format("{}: {}", asked, answer.text);
  std::string words = answer.text;
  const Fields fields(answer.json);
  for (const auto* name : {"error", "message", "detail"}) {
    if (words.empty() && fields.at(name).is_string()) words = fields.text_or(name, "");
  }
  for (const auto& one : elements(fields.at("errors"))) {
    const auto text = one.is_string() ? *one.string() : Fields(one).text_or("message", "");
    words += fmt::format("{}{}", words.empty() ? "" : "; ", text);
  }
  if (const Fields error(fields.at("error")); words.empty() && fields.at("error").is_object())
    words = fmt::format("{} {}", error.text_or("message", ""), error.text_or("hint", ""));
  return fmt::format("{}: status {}{}{}", asked, answer.status, words.empty() ? "" : ": ", words);
}

}  // namespace nmx::dns
