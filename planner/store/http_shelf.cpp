#include "planner/store/http_shelf.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "planner/runtime/semaphore.hpp"
#include "planner/runtime/shown_url.hpp"
#include "planner/store/holder.hpp"
#include "planner/store/requests.hpp"
#include "planner/store/sigv4.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

constexpr int format = 1;

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

std::string rfc3339(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
  return text;
}

/// The lock as the protocol has it; our own words travel in `Info`.
std::string lock_info(const Holder& holder) {
  return Json{{"ID", holder.id},
              {"Operation", "apply"},
              {"Info", to_json(holder)},
              {"Who", holder.owner + "@" + holder.host},
              {"Version", "nmx"},
              {"Created", rfc3339(holder.started_ms)},
              {"Path", ""}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Who holds a lock that was refused. The protocol has no sign of life, so a lock of another host never expires.
Holder holder_of(const std::string& body) {
  const auto json = Json::parse(body, nullptr, false);
  Holder holder;
  if (json.is_object()) {
    if (auto ours = read_holder(text_of(json, "Info"))) holder = *std::move(ours);
    holder.id = text_of(json, "ID");
    if (holder.owner.empty()) holder.owner = text_of(json, "Who");
  }
  if (holder.owner.empty()) holder.owner = "somebody";
  if (holder.host.empty()) holder.host = "a host that the server does not tell";
  holder.heartbeat_ms = std::numeric_limits<std::int64_t>::max();
  return holder;
}

/// The one document, taken apart.
struct Whole {
  std::uint64_t revision = 0;
  std::map<std::string, Shelved> parts;
  /// What the server calls this version, if it does.
  std::string etag;
};

std::string to_json(const Whole& whole) {
  Json parts = Json::object();
  for (const auto& [name, part] : whole.parts) parts[name] = {{"tag", part.tag}, {"text", part.text}};
  // GitLab reads `serial`, and wants it to grow.
  return Json{{"nmx", format}, {"version", 4}, {"serial", whole.revision}, {"documents", parts}}.dump() + "\n";
}

Result<Whole> read_whole_document(const std::string& body, const std::string& place) {
  const auto json = Json::parse(body, nullptr, false);
  if (json.is_object() && json.contains("terraform_version")) {
    return Error{fmt::format("{} holds a state of Terraform", place), "give nmx a state of its own there"};
  }
  try {
    if (json.at("nmx") != format) {
      return Error{fmt::format("{} was written by a newer nmx", place), "use the version of nmx that wrote it"};
    }
    Whole whole{json.at("serial").get<std::uint64_t>(), {}, {}};
    for (const auto& [name, part] : json.at("documents").items()) {
      whole.parts[name] = {part.at("text").get<std::string>(), part.at("tag").get<std::string>()};
    }
    return whole;
  } catch (const Json::exception&) {
    return Error{fmt::format("what lies at {} is no state of nmx, or is damaged", place),
                 "if the server keeps versions, put back the one before"};
  }
}

bool is_lock(std::string_view name) { return name.ends_with("/lock"); }

class HttpShelf : public Shelf {
 public:
  HttpShelf(HttpSettings settings, Env& env) : settings_(std::move(settings)), env_(env) {}

  std::string place() const override { return shown_url(settings_.url); }
  /// The document is sent as a whole each time.
  std::uint64_t versions() const override { return 1; }

  Task<Result<std::optional<Shelved>>> get(std::string name) override {
    if (is_lock(name)) {
      auto looking = look_at_lock();
      co_return co_await looking;
    }
    auto waiting = turn_.acquire();
    const auto turn = co_await waiting;
    auto reading = read();
    auto whole = co_await reading;
    if (!whole) co_return whole.error();
    const auto found = whole->parts.find(name);
    if (found == whole->parts.end()) co_return std::optional<Shelved>();
    co_return std::optional(std::move(found->second));
  }

  Task<Result<std::optional<std::string>>> put(std::string name, std::string text, std::string tag) override {
    if (is_lock(name)) {
      auto locking = put_lock(std::move(text), std::move(tag));
      co_return co_await locking;
    }
    auto waiting = turn_.acquire();
    const auto turn = co_await waiting;
    auto reading = read();
    auto whole = co_await reading;
    if (!whole) co_return whole.error();
    auto& part = whole->parts[name];
    if (part.tag != tag) co_return std::optional<std::string>();
    ++whole->revision;
    part = {std::move(text), std::to_string(whole->revision)};
    const auto made = part.tag;
    auto writing = write(*std::move(whole));
    auto written = co_await writing;
    if (!written) co_return written.error();
    if (!*written) co_return std::optional<std::string>();
    co_return std::optional(made);
  }

  Task<Status> discard(std::string name) override {
    auto waiting = turn_.acquire();
    const auto turn = co_await waiting;
    auto reading = read();
    auto whole = co_await reading;
    if (!whole) co_return whole.error();
    if (whole->parts.erase(name) == 0) co_return Done{};
    ++whole->revision;
    auto writing = write(*std::move(whole));
    const auto written = co_await writing;
    if (!written) co_return written.error();
    co_return Done{};
  }

 private:
  Task<Result<HttpResponse>> send(std::string method, std::string url, std::string body, std::string if_match = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.trust = settings_.trust;
    request.timeout = Milliseconds{60'000};
    request.max_answer = std::size_t{1} << 30;
    if (!settings_.username.empty() || !settings_.password.empty()) {
      request.headers.emplace_back("Authorization", "Basic " + base64(settings_.username + ":" + settings_.password));
    }
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (!if_match.empty()) request.headers.emplace_back("If-Match", std::move(if_match));
    request.body = std::move(body);
    auto sending = send_again(&env_, std::move(request), place());
    co_return co_await sending;
  }

  static std::string with_id(const std::string& url, const std::string& id) {
    if (id.empty()) return url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "ID=" + aws_encoded(id, AwsPart::query);
  }

  Task<Result<Whole>> read() {
    auto sending = send("GET", settings_.url, {});
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    const bool nothing =
        answer->status == 404 || answer->status == 204 || (answer->status == 200 && answer->body.empty());
    if (!nothing && answer->status != 200) co_return unexpected(*answer, place(), "read the state");
    auto whole = nothing ? Result<Whole>(Whole{}) : read_whole_document(answer->body, place());
    // Nobody takes a document away: a server that says so is not itself, or was set back.
    if (whole && whole->revision < newest_) {
      co_return Error{fmt::format("{} holds an older state than it did a moment ago, or none", place()),
                      "try again when the server is well; if somebody put an older one back, run nmx again"};
    }
    if (whole) newest_ = whole->revision;
    const auto* etag = answer->header("ETag");
    // A weak one says that what it means is equal, not that the bytes are.
    if (whole && etag != nullptr && etag->rfind("W/", 0) != 0) whole->etag = *etag;
    co_return whole;
  }

  /// False: something else was written meanwhile.
  Task<Result<bool>> write(Whole whole) {
    auto sending = send(settings_.update_method, with_id(settings_.url, held_), to_json(whole), whole.etag);
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    switch (answer->status) {
      case 200:
      case 201:
      case 204: newest_ = std::max(newest_, whole.revision); co_return true;
      case 412:                   // If-Match did not hold
      case 422: co_return false;  // GitLab: this serial was written already
      case 409:
      case 423: {
        const auto holder = holder_of(answer->body);
        co_return locked_by(holder);
      }
      default: co_return unexpected(*answer, place(), "write the state");
    }
  }

  Task<Result<std::optional<Shelved>>> look_at_lock() {
    if (!held_.empty()) co_return std::optional(Shelved{held_text_, held_});
    // Who holds it is told only to somebody who wants it.
    auto probe = holder_here("a look", env_.wall_ms());
    auto taking = take(probe);
    auto taken = co_await taking;
    if (!taken) co_return taken.error();
    if (!*taken || (*taken)->id == probe.id) {  // also where the answer to a first attempt was lost
      auto giving = give(lock_info(probe), probe.id);
      if (const auto given = co_await giving; !given) co_return given.error();
      co_return std::optional<Shelved>();
    }
    co_return std::optional(Shelved{to_json(**taken), (*taken)->id});
  }

  Task<Result<std::optional<std::string>>> put_lock(std::string text, std::string tag) {
    const auto holder = read_holder(text);
    // The protocol knows no sign of life; every write tells whether the lock still stands.
    if (holder && holder->id == held_) co_return std::optional(held_);
    if (!tag.empty()) {
      auto giving = give(tag == held_ ? lock_info(*read_holder(held_text_)) : Json{{"ID", tag}}.dump(), tag);
      if (const auto given = co_await giving; !given) co_return given.error();
      held_.clear();
    }
    if (!holder) co_return std::optional<std::string>("");
    auto taking = take(*holder);
    auto taken = co_await taking;
    if (!taken) co_return taken.error();
    if (*taken && (*taken)->id != holder->id) co_return std::optional<std::string>();
    held_ = holder->id;  // also where the answer to a first attempt was lost
    held_text_ = std::move(text);
    co_return std::optional(held_);
  }

  /// Who holds it already; nothing: it is taken.
  Task<Result<std::optional<Holder>>> take(Holder holder) {
    auto sending = send(settings_.lock_method, settings_.lock_url, lock_info(holder));
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    if (answer->status == 200 || answer->status == 201) co_return std::optional<Holder>();
    if (answer->status == 409 || answer->status == 423) co_return std::optional(holder_of(answer->body));
    auto error = unexpected(*answer, shown_url(settings_.lock_url), "lock the state");
    if (answer->status == 404 || answer->status == 405 || answer->status == 501) {
      error.help = "nmx keeps no state where it cannot be locked; `lock_url` and `lock_method` say how it is done here";
    }
    co_return error;
  }

  Task<Status> give(std::string info, std::string id) {
    auto sending = send(settings_.unlock_method, with_id(settings_.unlock_url, id), std::move(info));
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    if (answer->status != 200 && answer->status != 204)
      co_return unexpected(*answer, shown_url(settings_.unlock_url), "unlock the state");
    co_return Done{};
  }

  HttpSettings settings_;
  Env& env_;
  /// All parts are one document: it is read and written by one at a time.
  Semaphore turn_{1};  // one at a time
  /// The highest revision that was seen.
  std::uint64_t newest_ = 0;
  /// The id of the lock that this run holds, and what it says.
  std::string held_;
  std::string held_text_;
};

}  // namespace

HttpSettings with_defaults(HttpSettings settings) {
  const auto fill = [](std::string& setting, std::string value) {
    if (setting.empty()) setting = std::move(value);
  };
  const bool gitlab = settings.url.find("/terraform/state/") != std::string::npos;
  fill(settings.update_method, "POST");
  const auto path = settings.url.substr(0, settings.url.find('?'));
  fill(settings.lock_url, gitlab ? path + "/lock" + settings.url.substr(path.size()) : settings.url);
  fill(settings.lock_method, gitlab ? "POST" : "LOCK");
  fill(settings.unlock_url, settings.lock_url);
  fill(settings.unlock_method, gitlab ? "DELETE" : "UNLOCK");
  return settings;
}

std::unique_ptr<Shelf> http_shelf(HttpSettings settings, Env& env) {
  return std::make_unique<HttpShelf>(with_defaults(std::move(settings)), env);
}

}  // namespace nmx
