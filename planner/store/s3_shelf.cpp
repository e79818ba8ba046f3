#include "planner/store/s3_shelf.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "planner/runtime/gather.hpp"
#include "planner/store/requests.hpp"

namespace nmx {
namespace {

/// So many write at once when it is found out whether the server lets only one of them through.
constexpr int rivals = 8;

const char* const refusal_help =
    "nmx keeps no state where two applies could overwrite each other; AWS S3 and Ceph do this well, `postgres` "
    "everywhere";

class S3Shelf : public Shelf {
 public:
  S3Shelf(S3Settings settings, Env& env) : settings_(std::move(settings)), env_(env) {}

  std::string place() const override { return fmt::format("bucket {} at {}", settings_.bucket, settings_.endpoint); }

  Task<Result<std::optional<Shelved>>> get(std::string name) override {
    auto sending = send("GET", name, {}, {});
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    if (answer->status == 404 && answer->body.find("NoSuchBucket") == std::string::npos)
      co_return std::optional<Shelved>();
    if (answer->status != 200) co_return unexpected(*answer, place(), fmt::format("read `{}`", name));
    const auto* tag = answer->header("ETag");
    if (tag == nullptr) co_return Error{fmt::format("{} tells no ETag of `{}`", place(), name), refusal_help};
    co_return std::optional(Shelved{answer->body, *tag});
  }

  Task<Result<std::optional<std::string>>> put(std::string name, std::string text, std::string tag) override {
    std::vector<std::pair<std::string, std::string>> condition;
    if (tag.empty()) condition.emplace_back("If-None-Match", "*");
    if (!tag.empty()) condition.emplace_back("If-Match", bare_tags_ ? bare(tag) : tag);
    auto sending = send("PUT", name, std::move(text), std::move(condition));
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    // 404: what is to be replaced is gone. 409: another write was under way.
    if (answer->status == 412 || answer->status == 409 ||
        (answer->status == 404 && answer->body.find("NoSuchBucket") == std::string::npos)) {
      co_return std::optional<std::string>();
    }
    if (answer->status != 200) co_return unexpected(*answer, place(), fmt::format("write `{}`", name));
    const auto* made = answer->header("ETag");
    if (made == nullptr) co_return Error{fmt::format("{} tells no ETag of `{}`", place(), name), refusal_help};
    co_return std::optional(*made);
  }

  Task<Status> discard(std::string name) override {
    auto sending = send("DELETE", name, {}, {});
    const auto answer = co_await sending;
    if (!answer) co_return answer.error();
    if (answer->status != 204 && answer->status != 200 && answer->status != 404)
      co_return unexpected(*answer, place(), fmt::format("remove `{}`", name));
    co_return Done{};
  }

  /// Writers race for a name of their own: a server that looks first and writes then lets several through.
  Task<Status> prove() override {
    if (proven_) co_return Done{};
    const auto name = fmt::format("probe/{:016x}", env_.random());
    auto proving = prove_with(name);
    const auto proven = co_await proving;
    auto discarding = discard(name);
    static_cast<void>(co_await discarding);
    proven_ = proven.has_value();
    co_return proven;
  }

 private:
  static std::string bare(std::string tag) {
    tag.erase(std::remove(tag.begin(), tag.end(), '"'), tag.end());
    return tag;
  }

  Error ignores(std::string_view what) const { return {fmt::format("{} {}", place(), what), refusal_help}; }

  struct Race {
    int winners = 0;
    std::string tag;
  };
  /// All want to put their own text where `tag` is.
  Task<Result<Race>> race(std::string name, std::string tag, std::string round) {
    std::vector<Task<Result<std::optional<std::string>>>> writing;
    for (int i = 0; i < rivals; ++i) writing.push_back(put(name, fmt::format("{} {}", round, i), tag));
    auto racing = gather(std::move(writing));
    const auto answers = co_await racing;
    Race race;
    for (const auto& answer : answers) {
      if (!answer) co_return answer.error();
      if (!*answer) continue;
      ++race.winners;
      race.tag = **answer;
    }
    co_return race;
  }

  Task<Status> prove_with(std::string name) {
    auto making = race(name, "", "make");
    const auto made = co_await making;
    if (!made) co_return made.error();
    if (made->winners == 0) co_return ignores("lets nobody make an object on a condition (If-None-Match)");
    if (made->winners > 1) co_return ignores("lets several writers make the same object (If-None-Match)");
    auto replacing = race(name, made->tag, "replace");
    auto replaced = co_await replacing;
    if (replaced && replaced->winners == 0) {
      // Ceph before 17 compares with the bare tag.
      bare_tags_ = true;
      auto again = race(name, made->tag, "replace");
      replaced = co_await again;
    }
    if (!replaced) co_return replaced.error();
    if (replaced->winners == 0) co_return ignores("lets nobody replace an object on a condition (If-Match)");
    if (replaced->winners > 1) co_return ignores("lets several writers replace the same object (If-Match)");
    co_return Done{};
  }

  Task<Result<HttpResponse>> send(std::string method, std::string name, std::string body,
                                  std::vector<std::pair<std::string, std::string>> headers) {
    HttpRequest request;
    request.method = std::move(method);
    request.url = fmt::format("{}/{}/{}", settings_.endpoint, aws_encoded(settings_.bucket, AwsPart::path),
                              aws_encoded(settings_.prefix + name, AwsPart::path));
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.trust = settings_.trust;
    request.timeout = Milliseconds{60'000};
    request.connections = rivals;
    request.max_answer = std::size_t{1} << 30;
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    sign_aws(request, settings_.who, settings_.region, "s3", env_.wall_ms());
    auto sending = send_again(&env_, std::move(request), place());
    co_return co_await sending;
  }

  S3Settings settings_;
  Env& env_;
  bool proven_ = false;
  /// The server wants the tag without its quotes.
  bool bare_tags_ = false;
};

}  // namespace

std::unique_ptr<Shelf> s3_shelf(S3Settings settings, Env& env) {
  return std::make_unique<S3Shelf>(std::move(settings), env);
}

}  // namespace nmx
