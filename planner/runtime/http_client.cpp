#include "planner/runtime/http_client.hpp"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

#include "lang/diagnostics/visible.hpp"
#include "planner/runtime/shown_url.hpp"
#include "planner/runtime/tls_trust.hpp"

namespace nmx {
namespace {

struct EasyDelete {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDelete {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return std::string(text);
}

/// What the user's own settings leave out, and this machine.
std::string no_proxy() {
  std::string hosts = "127.0.0.1,localhost";
  for (const auto* name : {"no_proxy", "NO_PROXY"}) {
    if (const auto* own = std::getenv(name); own != nullptr && *own != '\0') return hosts + "," + own;
  }
  return hosts;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return text;
}

/// The part of a URL that a connection belongs to.
std::string host_of(const std::string& url) {
  const auto begin = url.find("://");
  const auto end = url.find_first_of("/?", begin == std::string::npos ? 0 : begin + 3);
  return url.substr(0, end);
}

HttpFailure::Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT: return HttpFailure::Kind::refused;
    case CURLE_COULDNT_RESOLVE_HOST: return HttpFailure::Kind::unresolved;
    case CURLE_OPERATION_TIMEDOUT: return HttpFailure::Kind::timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: return HttpFailure::Kind::tls;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE: return HttpFailure::Kind::reset;
    default: return HttpFailure::Kind::other;  // libcurl's list is open
  }
}

}  // namespace

struct HttpClient::Multi {
  CURLM* handle = curl_multi_init();
  ~Multi() { curl_multi_cleanup(handle); }
};

struct HttpClient::Transfer {
  HttpRequest request;
  Waiter waiting;
  std::string host;
  std::unique_ptr<CURL, EasyDelete> easy;
  std::unique_ptr<curl_slist, ListDelete> headers;
  std::unique_ptr<curl_slist, ListDelete> connect_to;
  std::unique_ptr<curl_mime, MimeDelete> form;
  LeafCheck leaf;
  int attempts = 0;
  HttpResponse response;
  bool too_large = false;
  char error[CURL_ERROR_SIZE] = {};
  std::chrono::steady_clock::time_point started;
  std::optional<HttpResult> result;
};

namespace {

using Transfer = HttpClient::Transfer;

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.response.body.size() + size * count > transfer.request.max_answer) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size * count);
  return size * count;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& response = static_cast<Transfer*>(user)->response;
  const std::string_view line(data, size * count);
  if (line.rfind("HTTP/", 0) == 0) {
    response = HttpResponse{};
    const auto status = line.find(' ');
    const auto reason = status == std::string_view::npos ? status : line.find(' ', status + 1);
    if (reason != std::string_view::npos) response.reason = trimmed(line.substr(reason + 1));
    return size * count;
  }
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    response.headers.emplace_back(lower(std::string(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  }
  return size * count;
}

CURLcode on_tls(CURL*, void* context, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  check_leaf(context, &transfer.leaf);
  return CURLE_OK;
}

/// libcurl sends a request again by itself when a kept connection dies before the first byte of the answer. Whether to
/// send again what may have taken effect is for the provider to decide.
int on_sending(void* user, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(user);
  const auto& method = transfer.request.method;
  const bool harmless = method == "GET" || method == "HEAD";
  return ++transfer.attempts == 1 || harmless ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void set_trust(CURL* easy, Transfer& transfer) {
  const auto& trust = transfer.request.trust;
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &transfer);
  // A resumed session is not verified again.
  curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  if (!trust.fingerprint.empty()) {
    transfer.leaf.wanted = trust.fingerprint;
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);  // the pinned leaf alone decides
  } else if (!trust.ca_pem.empty()) {
    curl_blob blob{const_cast<char*>(trust.ca_pem.data()), trust.ca_pem.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
  }
}

void set_body(CURL* easy, Transfer& transfer) {
  const auto& request = transfer.request;
  if (!request.upload_path.empty()) {
    transfer.form.reset(curl_mime_init(easy));
    for (const auto& [name, value] : request.form_fields) {
      auto* part = curl_mime_addpart(transfer.form.get());
      curl_mime_name(part, name.c_str());
      curl_mime_data(part, value.data(), value.size());
    }
    auto* part = curl_mime_addpart(transfer.form.get());
    curl_mime_name(part, "filename");
    curl_mime_filedata(part, request.upload_path.c_str());
    if (!request.upload_name.empty()) curl_mime_filename(part, request.upload_name.c_str());
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, transfer.form.get());
  } else if (request.method == "POST" || request.method == "PUT" || !request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
}

HttpFailure failure_of(const Transfer& transfer, CURLcode code) {
  HttpFailure failure;
  failure.kind = transfer.too_large ? HttpFailure::Kind::too_large : kind_of(code);
  long request_bytes = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
  failure.may_have_run = request_bytes > 0;
  failure.message = transfer.error[0] != '\0' ? transfer.error : curl_easy_strerror(code);
  if (transfer.too_large) {
    failure.message = fmt::format("the answer is longer than {} bytes", transfer.request.max_answer);
  }
  if (transfer.attempts > 1 && code == CURLE_ABORTED_BY_CALLBACK) {
    failure.kind = HttpFailure::Kind::reset;
    failure.may_have_run = true;
    failure.message = "the connection was closed before an answer came";
  }
  const auto& [wanted, found] = transfer.leaf;
  if (!found.empty() && found != wanted) {
    failure.kind = HttpFailure::Kind::tls;
    failure.message = wanted.empty() ? fmt::format("{}; its certificate has the fingerprint {}", failure.message,
                                                   fingerprint_text(found))
                                     : fmt::format("its certificate has the fingerprint {}, not the pinned {}",
                                                   fingerprint_text(found), fingerprint_text(wanted));
  }
  return failure;
}

}  // namespace

HttpClient::HttpClient(bool log, ConnectTo connect_to)
    : log_(log), connect_to_(std::move(connect_to)), multi_(std::make_unique<Multi>()) {
  curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, 256L);
}

HttpClient::~HttpClient() {
  for (const auto& [transfer, owned] : transfers_) {
    if (transfer->easy) curl_multi_remove_handle(multi_->handle, transfer->easy.get());
  }
}

HttpClient::Transfer* HttpClient::start(HttpRequest request, Waiter waiting) {
  auto owned = std::make_unique<Transfer>();
  auto* transfer = owned.get();
  transfer->host = host_of(request.url);
  transfer->request = std::move(request);
  transfer->waiting = std::move(waiting);
  transfers_.emplace(transfer, std::move(owned));
  auto& host = hosts_[transfer->host];
  if (host.running < transfer->request.connections) {
    begin(transfer);
  } else {
    host.waiting.push_back(transfer);
  }
  return transfer;
}

void HttpClient::begin(Transfer* transfer) {
  ++hosts_[transfer->host].running;
  transfer->started = std::chrono::steady_clock::now();
  transfer->easy.reset(curl_easy_init());
  auto* easy = transfer->easy.get();
  const auto& request = transfer->request;
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min<std::int64_t>(request.timeout.count(), 10'000)));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                   static_cast<long>(std::max<std::int64_t>(request.max_idle.count() / 1000, 1)));
  curl_easy_setopt(easy, CURLOPT_NOPROXY, no_proxy().c_str());
  set_body(easy, *transfer);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  auto* headers = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : request.headers) {
    headers = curl_slist_append(headers, fmt::format("{}: {}", name, value).c_str());
  }
  transfer->headers.reset(headers);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_sending);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
  set_trust(easy, *transfer);
  set_sharing(easy, *transfer);

  const auto scheme = transfer->host.find("://");
  const auto authority = scheme == std::string::npos ? std::string() : transfer->host.substr(scheme + 3);
  const auto colon = authority.rfind(':');
  if (connect_to_ != nullptr && colon != std::string::npos) {
    const auto port = static_cast<std::uint16_t>(std::strtoul(authority.c_str() + colon + 1, nullptr, 10));
    const auto [host, mapped] = connect_to_(authority.substr(0, colon), port);
    transfer->connect_to.reset(curl_slist_append(nullptr, fmt::format("{}:{}:{}", authority, host, mapped).c_str()));
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer->connect_to.get());
  }
  curl_multi_add_handle(multi_->handle, easy);
}

/// Connections are kept by host alone: where two trusts meet at one host, none is kept.
void HttpClient::set_sharing(void* easy, const Transfer& transfer) {
  const auto& trust = transfer.request.trust;
  const auto mark = trust.fingerprint + '\n' + trust.ca_pem;
  auto& host = hosts_[transfer.host];
  if (!host.trust) host.trust = mark;
  if (*host.trust != mark) host.mixed = true;
  if (!host.mixed) return;
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
}

void HttpClient::finish() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_->handle, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    curl_multi_remove_handle(multi_->handle, message->easy_handle);
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(transfer->easy.get(), CURLINFO_RESPONSE_CODE, &status);
      transfer->response.status = static_cast<int>(status);
      transfer->result = std::move(transfer->response);
    } else {
      transfer->result = failure_of(*transfer, code);
    }
    if (log_) {
      const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - transfer->started);
      const auto* response = std::get_if<HttpResponse>(&*transfer->result);
      const auto outcome = response != nullptr ? fmt::format("{} {}", response->status, response->reason)
                                               : std::get<HttpFailure>(*transfer->result).message;
      const auto url = shown_url(transfer->request.url);
      fmt::print(stderr, "nmx: {} {} -> {} ({} ms)\n", transfer->request.method, url, visible(outcome), took.count());
    }
    leave(transfer->host);
    transfer->waiting.wake();
  }
}

void HttpClient::leave(const std::string& name) {
  auto& host = hosts_[name];
  --host.running;
  if (host.waiting.empty()) return;
  auto* next = host.waiting.front();
  host.waiting.pop_front();
  begin(next);
}

void HttpClient::abandon(Transfer* transfer) {
  const auto owned = transfers_.extract(transfer);
  if (transfer->result) return;
  if (transfer->easy) {
    curl_multi_remove_handle(multi_->handle, transfer->easy.get());
    leave(transfer->host);
  } else {
    auto& waiting = hosts_[transfer->host].waiting;
    waiting.erase(std::remove(waiting.begin(), waiting.end(), transfer), waiting.end());
  }
}

HttpResult HttpClient::take(Transfer* transfer) {
  auto result = std::move(*transfer->result);
  transfers_.erase(transfer);
  return result;
}

void HttpClient::poll(std::vector<Watched>& watched, Milliseconds limit) {
  int running = 0;
  curl_multi_perform(multi_->handle, &running);
  finish();
  if (!ReadyQueue::current().empty()) limit = Milliseconds{0};
  std::vector<curl_waitfd> extra;
  extra.reserve(watched.size());
  for (const auto& one : watched) {
    const int events = (one.readable ? CURL_WAIT_POLLIN : 0) | (one.writable ? CURL_WAIT_POLLOUT : 0);
    extra.push_back({one.descriptor, static_cast<short>(events), 0});
  }
  curl_multi_poll(multi_->handle, extra.data(), static_cast<unsigned>(extra.size()), static_cast<int>(limit.count()),
                  nullptr);
  for (std::size_t i = 0; i < watched.size(); ++i) watched[i].ready = extra[i].revents != 0;
  curl_multi_perform(multi_->handle, &running);
  finish();
}

}  // namespace nmx
