#include "planner/store/postgres_shelf.hpp"

#include <fmt/core.h>
#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "planner/runtime/semaphore.hpp"
#include "planner/runtime/within.hpp"

namespace nmx {
namespace {

constexpr int attempts = 6;
constexpr Milliseconds patience{60'000};

struct Freed {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Freed>;
using Rows = std::unique_ptr<PGresult, Freed>;

/// What a statement takes: a text, or bytes.
struct Parameter {
  std::string value;
  enum class Form { text, bytes } form = Form::text;
};

/// libpq's words on one line, without its own headings.
std::string told(const char* words) {
  std::string text = words == nullptr ? "" : words;
  for (char& c : text) c = c == '\n' ? ' ' : c;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

/// Where a connection string leads, for people; nothing: libpq does not understand it. Its own words are not asked for:
/// they repeat the string, and with it the password.
std::optional<std::string> where(const std::string& url) {
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), &words),
                                                                               PQconninfoFree);
  PQfreemem(words);
  if (options == nullptr) return std::nullopt;
  std::string host = "this host";
  std::string database = "its user's";
  std::string port;
  for (const auto* one = options.get(); one->keyword != nullptr; ++one) {
    if (one->val == nullptr || *one->val == '\0') continue;
    if (std::string_view(one->keyword) == "host") host = one->val;
    if (std::string_view(one->keyword) == "dbname") database = one->val;
    if (std::string_view(one->keyword) == "port") port = one->val;
  }
  // A `/` in a password ends the host: libpq then takes the password for the port and the rest for the database.
  if (port.find_first_not_of("0123456789,") != std::string::npos || database.find('@') != std::string::npos)
    return std::nullopt;
  return fmt::format("database {} of PostgreSQL at {}", database, host);
}

class PostgresShelf : public Shelf {
 public:
  PostgresShelf(PostgresSettings settings, Env& env)
      : settings_(std::move(settings)), env_(env), where_(where(settings_.url)) {}

  std::string place() const override {
    return fmt::format("{}, name {}", where_.value_or("a PostgreSQL database"), settings_.name);
  }

  Task<Result<std::optional<Shelved>>> get(std::string name) override {
    auto asking = ask("SELECT tag::text, body FROM nmx_state WHERE name = $1", {{full(name)}});
    const auto rows = co_await asking;
    if (!rows) co_return rows.error();
    const auto* row = rows->get();
    if (PQntuples(row) == 0) co_return std::optional<Shelved>();
    co_return std::optional(Shelved{cell(row, 1), cell(row, 0)});
  }

  Task<Result<std::optional<std::string>>> put(std::string name, std::string text, std::string tag) override {
    auto asking =
        tag.empty()
            ? ask("INSERT INTO nmx_state (name, body) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING tag::text",
                  {{full(name)}, {std::move(text), Parameter::Form::bytes}})
            : ask("UPDATE nmx_state SET body = $2, tag = tag + 1, written = now() WHERE name = $1 AND tag = $3::bigint "
                  "RETURNING tag::text",
                  {{full(name)}, {std::move(text), Parameter::Form::bytes}, {tag}});
    const auto rows = co_await asking;
    if (!rows) co_return rows.error();
    if (PQntuples(rows->get()) == 0) co_return std::optional<std::string>();
    co_return std::optional(cell(rows->get(), 0));
  }

  Task<Status> discard(std::string name) override {
    auto asking = ask("DELETE FROM nmx_state WHERE name = $1", {{full(name)}});
    const auto rows = co_await asking;
    if (!rows) co_return rows.error();
    co_return Done{};
  }

 private:
  /// A statement that ended, or a connection that did; `passing` errors are worth another attempt.
  struct Failure {
    Error error;
    bool passing = false;
  };
  using Outcome = std::variant<Rows, Failure>;

  std::string full(const std::string& name) const { return settings_.name + "/" + name; }

  static std::string cell(const PGresult* rows, int column) {
    return std::string(PQgetvalue(rows, 0, column), static_cast<std::size_t>(PQgetlength(rows, 0, column)));
  }

  /// One statement at a time; sent again on a new connection when the old one breaks. Each is safe to send twice.
  Task<Result<Rows>> ask(std::string statement, std::vector<Parameter> parameters) {
    auto waiting = turn_.acquire();
    const auto turn = co_await waiting;
    auto wait = Milliseconds{200};
    for (int attempt = 1;; ++attempt) {
      auto trying = within(&env_, patience, attempt_once(statement, parameters));
      auto tried = co_await trying;
      Failure failure{{fmt::format("no answer within {} s", patience.count() / 1000)}, true};
      if (tried) {
        if (auto* rows = std::get_if<Rows>(&*tried)) co_return std::move(*rows);
        failure = std::get<Failure>(std::move(*tried));
      }
      if (failure.passing) connection_.reset();
      if (attempt == attempts || !failure.passing) {
        co_return Error{fmt::format("{}: {}", place(), failure.error.message), failure.error.help};
      }
      auto pause = env_.sleep(wait);
      co_await pause;
      wait *= 2;
    }
  }

  Task<Outcome> attempt_once(std::string statement, std::vector<Parameter> parameters) {
    if (connection_ == nullptr) {
      auto connecting = connect();
      if (auto failed = co_await connecting; failed.error.message != "") co_return Outcome(std::move(failed));
    }
    auto executing = execute(std::move(statement), std::move(parameters));
    co_return co_await executing;
  }

  /// An empty message: it stands.
  Task<Failure> connect() {
    if (!where_) {
      co_return Failure{{"`url` of the `state` block is no connection string of PostgreSQL",
                         "postgresql://user@host/database; in a password `/`, `@` and `:` are written %2F, %40, %3A"},
                        false};
    }
    connection_.reset(PQconnectStart(settings_.url.c_str()));
    if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) co_return broken("cannot connect");
    for (;;) {
      const auto polled = PQconnectPoll(connection_.get());
      if (polled == PGRES_POLLING_OK) break;
      if (polled == PGRES_POLLING_FAILED) co_return broken("cannot connect");
      const auto wanted = polled == PGRES_POLLING_READING ? Env::Readiness::readable : Env::Readiness::writable;
      auto waiting = env_.until_ready(PQsocket(connection_.get()), wanted);
      co_await waiting;
    }
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    // A commit is on disk when it is told, whatever the server's default. Two that make the table at once would
    // collide without the lock; who may not make tables can still use one that is there.
    for (const auto* statement :
         {"SET synchronous_commit = on",
          "DO $$ BEGIN PERFORM pg_advisory_xact_lock(7237117); IF to_regclass('nmx_state') IS NULL THEN CREATE TABLE "
          "nmx_state (name text PRIMARY KEY, tag bigint NOT NULL DEFAULT 1, body bytea NOT NULL, written timestamptz "
          "NOT NULL DEFAULT now()); END IF; END $$"}) {
      auto executing = execute(statement, {});
      auto outcome = co_await executing;
      if (auto* failed = std::get_if<Failure>(&outcome)) co_return std::move(*failed);
    }
    co_return Failure{};
  }

  Task<Outcome> execute(std::string statement, std::vector<Parameter> parameters) {
    auto* connection = connection_.get();
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    for (const auto& one : parameters) {
      values.push_back(one.value.c_str());
      lengths.push_back(static_cast<int>(one.value.size()));
      formats.push_back(one.form == Parameter::Form::bytes ? 1 : 0);
    }
    if (PQsendQueryParams(connection, statement.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                          lengths.data(), formats.data(), 1) != 1) {
      co_return Outcome(broken("cannot send"));
    }
    for (int left = PQflush(connection); left != 0; left = PQflush(connection)) {
      if (left < 0) co_return Outcome(broken("the connection is gone"));
      auto waiting = env_.until_ready(PQsocket(connection), Env::Readiness::writable);
      co_await waiting;
      // The server may want to be heard before it takes more.
      if (PQconsumeInput(connection) != 1) co_return Outcome(broken("the connection is gone"));
    }
    Rows last;
    for (;;) {
      while (PQisBusy(connection) != 0) {
        auto waiting = env_.until_ready(PQsocket(connection), Env::Readiness::readable);
        co_await waiting;
        if (PQconsumeInput(connection) != 1) co_return Outcome(broken("the connection is gone"));
      }
      Rows rows(PQgetResult(connection));
      if (rows == nullptr) break;
      last = std::move(rows);
    }
    const auto status = PQresultStatus(last.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) co_return Outcome(std::move(last));
    if (PQstatus(connection) == CONNECTION_BAD) co_return Outcome(broken("the connection is gone"));
    const char* state = PQresultErrorField(last.get(), PG_DIAG_SQLSTATE);
    const std::string code = state == nullptr ? "" : state;
    // 40: a transaction that had to give way; 53, 57, 08: the server is full, goes down, is gone.
    const auto kind = code.substr(0, 2);
    const bool passing = kind == "40" || kind == "53" || kind == "57" || kind == "08";
    Failure failure{{told(PQresultErrorField(last.get(), PG_DIAG_MESSAGE_PRIMARY))}, passing};
    if (code == "42501") failure.error.help = "the user must be able to make and write the table `nmx_state`";
    co_return Outcome(std::move(failure));
  }

  Failure broken(std::string_view what) const {
    auto words = told(connection_ == nullptr ? nullptr : PQerrorMessage(connection_.get()));
    // A wrong password or name is none that passes.
    const bool final = words.find("authentication failed") != std::string::npos ||
                       words.find("does not exist") != std::string::npos ||
                       words.find("no password supplied") != std::string::npos;
    return {{fmt::format("{}: {}", what, words), final ? "look at `url` of the `state` block" : ""}, !final};
  }

  PostgresSettings settings_;
  Env& env_;
  Semaphore turn_{1};  // one at a time
  Connection connection_;
  std::optional<std::string> where_;
};

}  // namespace

std::unique_ptr<Shelf> postgres_shelf(PostgresSettings settings, Env& env) {
  return std::make_unique<PostgresShelf>(std::move(settings), env);
}

}  // namespace nmx
