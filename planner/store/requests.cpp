#include "planner/store/requests.hpp"

#include <fmt/core.h>

#include "lang/diagnostics/visible.hpp"

namespace nmx {
namespace {

constexpr int attempts = 6;

bool is_passing(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool is_passing(const HttpFailure& failure) {
  switch (failure.kind) {
    case HttpFailure::Kind::refused:
    case HttpFailure::Kind::timeout:
    case HttpFailure::Kind::reset: return true;
    case HttpFailure::Kind::unresolved:
    case HttpFailure::Kind::tls:
    case HttpFailure::Kind::too_large:
    case HttpFailure::Kind::other: return false;
  }
  return false;
}

}  // namespace

Task<Result<HttpResponse>> send_again(Env* env, HttpRequest request, std::string place) {
  auto wait = Milliseconds{200};
  for (int attempt = 1;; ++attempt) {
    auto sending = env->http(request);
    auto answer = co_await sending;
    if (auto* response = std::get_if<HttpResponse>(&answer)) {
      if (attempt == attempts || !is_passing(response->status)) co_return std::move(*response);
    } else {
      const auto& failure = std::get<HttpFailure>(answer);
      if (attempt == attempts || !is_passing(failure)) {
        co_return Error{fmt::format("cannot reach {}: {}", place, failure.message)};
      }
    }
    // Anywhere between half and the whole, so that many that failed together do not come back together.
    const auto half = wait.count() / 2;
    auto pause = env->sleep(
        Milliseconds(half + static_cast<std::int64_t>(env->random() % static_cast<std::uint64_t>(half + 1))));
    co_await pause;
    wait *= 2;
  }
}

Error unexpected(const HttpResponse& response, const std::string& place, std::string_view what) {
  constexpr std::size_t most = 300;
  auto words = response.body.substr(0, most);
  while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
  auto message = fmt::format("cannot {} at {}: {} {}", what, place, response.status, response.reason);
  while (message.back() == ' ') message.pop_back();
  if (!words.empty()) message += ": " + visible(words);
  const bool refused = response.status == 401 || response.status == 403;
  return {std::move(message), refused ? "check who logs in, and what that one may do" : ""};
}

}  // namespace nmx
