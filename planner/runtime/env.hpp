#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/runtime/task.hpp"

namespace nmx {

using Milliseconds = std::chrono::milliseconds;

/// How a server proves who it is. Verification cannot be switched off.
struct TlsTrust {
  /// PEM; empty: the system's roots.
  std::string ca_pem;
  /// SHA-256 of the leaf certificate, 32 bytes; when set, it alone decides.
  std::string fingerprint;
};

struct HttpRequest {
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  TlsTrust trust;
  Milliseconds timeout{30'000};
  /// At most this many connections to the host at once; more wait.
  int connections = 4;
  /// An idle connection older than this is not used again.
  Milliseconds max_idle{60'000};
  std::size_t max_answer = 64u << 20;
  /// A file streamed as the last part, `filename`, of a multipart body, after the fields; empty: none.
  std::string upload_path;
  std::string upload_name;
  std::vector<std::pair<std::string, std::string>> form_fields;
  /// What the log shows instead of the body; empty: the body's size only.
  std::string log_body;
};

struct HttpResponse {
  int status = 0;
  /// The words behind the status: Proxmox says there what is wrong.
  std::string reason;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  const std::string* header(std::string_view name) const;
};

/// Why there was no answer. `may_have_run`: the request was sent, so it may have taken effect.
struct HttpFailure {
  enum class Kind { refused, unresolved, timeout, reset, tls, too_large, other } kind = Kind::other;
  bool may_have_run = false;
  std::string message;
};
using HttpResult = std::variant<HttpResponse, HttpFailure>;

/// A child process; nothing secret in `arguments`.
struct ChildCommand {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string directory;
  std::string input;
  Milliseconds timeout{600'000};
  /// Told what arrives on its standard error, as it arrives; the result holds all of it in the end.
  std::function<void(std::string_view)> on_errors = {};
};
struct ChildResult {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

/// A TCP connection; closed when it goes. At most one `write` and one `read` at a time.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Done when all bytes are on their way.
  virtual Task<Status> write(std::string bytes) = 0;
  /// What has come, at least one byte; empty at the end.
  virtual Task<Result<std::string>> read() = 0;
};

/// Every effect there is. `CurlEnv` is the real one; `SimEnv` runs the same engine against a simulated world with a
/// virtual clock.
class Env {
 public:
  virtual ~Env() = default;

  /// Wall clock, milliseconds since 1970, for records; may jump.
  virtual std::int64_t wall_ms() = 0;
  /// Never goes back; for waiting and measuring.
  virtual Milliseconds now() = 0;
  virtual std::uint64_t random() = 0;

  virtual Task<HttpResult> http(HttpRequest request) = 0;
  /// For what is no HTTP. `host`: a name or an address. By default nothing is reached.
  virtual Task<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port, Milliseconds limit);
  /// Done when the descriptor can be read from or written to, or is broken; perhaps earlier, so look again. By default
  /// it is looked at after a while.
  enum class Readiness { readable, writable };
  virtual Task<Done> until_ready(int descriptor, Readiness wanted);
  virtual Task<Done> sleep(Milliseconds duration) = 0;
  /// Opens the file that `append` writes to. Errors: it cannot be opened.
  virtual Status open_journal(const std::filesystem::path& file) = 0;
  virtual void close_journal() = 0;
  /// Appends a record to the journal of this run; done when it is on disk. Records of one turn of the loop share one
  /// fdatasync.
  virtual Task<Status> append(std::string record) = 0;
  virtual Task<Result<ChildResult>> run(ChildCommand command) = 0;
  /// How often the user asked to stop: 0, 1 (start nothing more), 2 (stop waiting).
  virtual int interrupts() = 0;

  /// Where to connect for a host and port; guests of the lab answer elsewhere (`NMX_CONNECT_TO`).
  virtual std::pair<std::string, std::uint16_t> connect_to(const std::string& host, std::uint16_t port) = 0;
};

}  // namespace nmx
