#include "providers/caddy/admin.hpp"

#include <fmt/core.h>

#include "lang/value/value_json.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::caddy {
namespace {

constexpr std::string_view path = "/config/apps";

std::string words(const HttpResponse& response) {
  const auto json = from_json(response.body);
  auto text = json ? Fields(*json).text_or("error", "") : response.body.substr(0, 400);
  return text.empty() ? fmt::format("status {}", response.status) : text;
}

std::string help_for(const HttpResponse& response) {
  if (response.body.find("unknown module: dns.providers.") != std::string::npos)
    return "this Caddy is built without that DNS module; get the certificate by lego (`security.acme`) instead";
  if (response.body.find("host not allowed") != std::string::npos)
    return "`url` must name the address that Caddy's `admin.listen` says, or one of `admin.origins`";
  return {};
}

}  // namespace

Task<Result<Admin::Read>> Admin::read() {
  HttpRequest request;
  request.method = "GET";
  request.url = settings_.url + std::string(path);
  request.trust = settings_.trust;
  auto asking = env_.http(std::move(request));
  const auto result = co_await asking;
  const auto* response = std::get_if<HttpResponse>(&result);
  if (response == nullptr) {
    co_return Error{fmt::format("Caddy at {} is not reached: {}", settings_.url, std::get<HttpFailure>(result).message),
                    "its admin API listens on the loopback of its machine: forward it, `ssh -L 2019:localhost:2019 "
                    "proxy`"};
  }
  // `invalid traversal path`: there is no configuration at all yet.
  const bool empty = response->status == 400 && response->body.find("invalid traversal path") != std::string::npos;
  if (response->status != 200 && !empty)
    co_return Error{fmt::format("Caddy, GET {}: {}", path, words(*response)), help_for(*response)};
  Read read;
  if (empty) co_return read;
  auto json = from_json(response->body);
  if (!json) co_return Error{fmt::format("Caddy, GET {}: {}", path, json.error().message)};
  read.apps = *std::move(json);
  if (const auto* etag = response->header("etag")) read.etag = *etag;
  co_return read;
}

Task<Admin::Replaced> Admin::replace(Value apps, std::string etag) {
  HttpRequest request;
  // POST replaces an object and makes one that is not there.
  request.method = "POST";
  request.url = settings_.url + std::string(path);
  request.trust = settings_.trust;
  request.headers.emplace_back("Content-Type", "application/json");
  if (!etag.empty()) request.headers.emplace_back("If-Match", std::move(etag));
  request.body = to_json(apps).value();
  request.timeout = Milliseconds{60'000};
  auto asking = env_.http(std::move(request));
  const auto result = co_await asking;
  const auto* response = std::get_if<HttpResponse>(&result);
  if (response == nullptr) {
    co_return Replaced{Replaced::Fate::failed,
                       Error{fmt::format("Caddy, POST {}: {}", path, std::get<HttpFailure>(result).message)}};
  }
  if (response->status == 200) co_return Replaced{};
  const auto fate = response->status == 412 ? Replaced::Fate::changed : Replaced::Fate::refused;
  co_return Replaced{fate, Error{fmt::format("Caddy refuses the change: {}", words(*response)), help_for(*response)}};
}

}  // namespace nmx::caddy
