#include "planner/runtime/env.hpp"

#include <algorithm>

namespace nmx {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

const std::string* HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    const bool same = std::equal(key.begin(), key.end(), name.begin(), name.end(),
                                 [](char a, char b) { return lower(a) == lower(b); });
    if (same) return &value;
  }
  return nullptr;
}

Task<Result<std::unique_ptr<Stream>>> Env::connect(std::string host, std::uint16_t port, Milliseconds) {
  co_return Error{"cannot connect to " + host + " port " + std::to_string(port) + ": there is no network"};
}

Task<Done> Env::until_ready(int, Readiness) {
  auto pause = sleep(Milliseconds{5});
  co_await pause;
  co_return Done{};
}

}  // namespace nmx
