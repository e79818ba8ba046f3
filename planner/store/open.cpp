#include "planner/store/open.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "lang/value/convert.hpp"
#include "planner/store/files.hpp"
#include "planner/store/http_shelf.hpp"
#include "planner/store/local.hpp"
#include "planner/store/postgres_shelf.hpp"
#include "planner/store/remote.hpp"
#include "planner/store/s3_shelf.hpp"

namespace nmx {
namespace {

using Tag = Type::Tag;

std::string text(const Object& settings, std::string_view name, std::string fallback = {}) {
  const auto* found = settings.at_or_null(name).string();
  return found == nullptr ? fallback : *found;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// `~/x` is below HOME, everything else as it is or beside the site's files.
std::filesystem::path path_of(const std::string& written, const std::filesystem::path& site) {
  if (written.rfind("~/", 0) == 0) return std::filesystem::path(variable("HOME")) / written.substr(2);
  return site / written;
}

const std::set<std::string, std::less<>>& settings_of_backend(const std::string& backend) {
  static const std::map<std::string, std::set<std::string, std::less<>>> table = {
      {"local", {}},
      {"http",
       {"url", "username", "password", "update_method", "lock_url", "lock_method", "unlock_url", "unlock_method",
        "ca"}},
      {"postgres", {"url", "name"}},
      {"s3", {"bucket", "region", "endpoint", "prefix", "access_key", "secret_key", "session_token", "ca"}},
  };
  return table.at(backend);
}

const std::set<std::string, std::less<>> for_all = {"backend", "key", "key_file", "key_command", "passphrase"};

/// What a backend cannot do without, and how it is written.
std::map<std::string, std::string> needed(const std::string& backend) {
  if (backend == "http")
    return {{"url", "url = \"https://gitlab.example.com/api/v4/projects/7/terraform/state/home\""}};
  if (backend == "postgres") return {{"url", "url = env(\"NMX_PG\")"}};
  if (backend == "s3") {
    return {{"bucket", "bucket = \"my-bucket\""},
            {"access_key", "access_key = env(\"AWS_ACCESS_KEY_ID\")"},
            {"secret_key", "secret_key = env(\"AWS_SECRET_ACCESS_KEY\")"}};
  }
  return {};
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::unique_ptr<Shelf> shelf_of(const Object& settings, Env& env) {
  const auto backend = backend_of(settings);
  const TlsTrust trust{text(settings, "ca"), ""};
  if (backend == "http") {
    return http_shelf({text(settings, "url"), text(settings, "update_method"), text(settings, "lock_url"),
                       text(settings, "lock_method"), text(settings, "unlock_url"), text(settings, "unlock_method"),
                       text(settings, "username"), text(settings, "password"), trust},
                      env);
  }
  if (backend == "postgres") return postgres_shelf({text(settings, "url"), text(settings, "name", "nmx")}, env);
  const auto region = text(settings, "region", "us-east-1");
  return s3_shelf({without_slash(text(settings, "endpoint", fmt::format("https://s3.{}.amazonaws.com", region))),
                   region,
                   text(settings, "bucket"),
                   text(settings, "prefix", "nmx/"),
                   {text(settings, "access_key"), text(settings, "secret_key"), text(settings, "session_token")},
                   trust},
                  env);
}

}  // namespace

std::string backend_of(const Object& settings) { return text(settings, "backend", "local"); }

Interface state_interface() {
  Interface interface;
  interface.type = "state";
  interface.doc = "Where the state is kept.";
  const auto add = [&](std::string name, Type type, std::string doc) {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    interface.attributes.push_back(std::move(attribute));
  };
  const auto plain = Type::simple(Tag::string);
  const auto secret = Type::secret_of(plain);
  add("backend", Type::enumeration_of({"local", "http", "postgres", "s3"}), "What keeps it; left out: `.nmx/`.");
  add("key", secret, "The key that secrets are sealed with; left out: `NMX_STATE_KEY`, else `.nmx/key`.");
  add("key_file", plain, "The file that holds the key.");
  add("key_command", Type::list_of(plain), "A program that prints the key, and its arguments.");
  add("passphrase", secret, "The key is made of this; left out: `NMX_STATE_PASSPHRASE`.");
  add("url", secret, "http: the address of the state; postgres: what libpq connects to.");
  add("username", plain, "http: who logs in.");
  add("password", secret, "http: with what.");
  add("update_method", plain, "http: how it is written; left out: POST.");
  add("lock_url", plain, "http: where it is locked; GitLab's and Gitea's are known.");
  add("lock_method", plain, "http: how; left out: LOCK.");
  add("unlock_url", plain, "http: where it is unlocked; left out: `lock_url`.");
  add("unlock_method", plain, "http: how; left out: UNLOCK.");
  add("name", plain, "postgres: tells the states of several sites in one database apart.");
  add("bucket", plain, "s3: the bucket.");
  add("region", plain, "s3: its region; left out: us-east-1.");
  add("endpoint", plain, "s3: the server; left out: AWS.");
  add("prefix", plain, "s3: what all names begin with; left out: `nmx/`.");
  add("access_key", plain, "s3: who logs in.");
  add("secret_key", secret, "s3: with what.");
  add("session_token", secret, "s3: of temporary credentials.");
  add("ca", plain, "http, s3: the certificates that the server's is checked with, PEM.");
  return interface;
}

std::optional<StateMistake> state_mistake(const Object& settings) {
  const auto backend = backend_of(settings);
  const auto& own = settings_of_backend(backend);
  for (const auto& [name, value] : settings) {
    if (own.contains(name) || for_all.contains(name)) continue;
    return StateMistake{name,
                        {fmt::format("the backend `{}` has no setting `{}`", backend, name),
                         backend == "local" ? "write `backend = …` as well" : ""}};
  }
  for (const auto& [name, written] : needed(backend)) {
    if (text(settings, name).empty())
      return StateMistake{"", {fmt::format("the backend `{}` needs `{}`", backend, name), "write `" + written + "`"}};
  }
  std::string first;
  for (const auto* name : {"key", "key_file", "key_command", "passphrase"}) {
    if (settings.at_or_null(name).is_null()) continue;
    if (!first.empty()) {
      return StateMistake{name, {fmt::format("`{}` and `{}` both say what the key is", first, name), "one is enough"}};
    }
    first = name;
  }
  for (const auto* name : {"url", "endpoint", "lock_url", "unlock_url"}) {
    const auto url = text(settings, name);
    const bool web = backend == "http" || backend == "s3";
    if (web && !url.empty() && url.rfind("https://", 0) != 0 && url.rfind("http://", 0) != 0) {
      return StateMistake{name, {fmt::format("`{}` is no web address", name), "it begins with `https://`"}};
    }
  }
  return std::nullopt;
}

Task<Result<KeySource>> key_source(const Object& settings, std::filesystem::path folder, Env& env) {
  const auto site = folder.parent_path();
  KeySource source;
  source.file = folder / "key";
  source.key = text(settings, "key");
  source.passphrase = text(settings, "passphrase");
  const auto file = text(settings, "key_file");
  if (!file.empty()) source.file = path_of(file, site);
  if (const auto* words = settings.at_or_null("key_command").list(); words != nullptr && !words->empty()) {
    ChildCommand command;
    for (const auto& word : *words) command.arguments.push_back(*word.string());
    command.directory = site.string();
    const auto program = command.arguments.front();
    auto running = env.run(std::move(command));
    auto ran = co_await running;
    if (!ran) co_return Error{fmt::format("cannot get the state key: {}", ran.error().message)};
    if (ran->exit_code != 0) {
      co_return Error{fmt::format("cannot get the state key: `{}` ended with {}", program, ran->exit_code),
                      ran->errors.substr(0, ran->errors.find('\n'))};
    }
    source.key = ran->output.substr(0, ran->output.find('\n'));
    wipe(ran->output);
    if (source.key.empty()) co_return Error{fmt::format("cannot get the state key: `{}` printed nothing", program)};
  }
  // What the block says comes before what the environment does.
  if (source.key.empty() && source.passphrase.empty() && file.empty()) {
    source.key = variable("NMX_STATE_KEY");
    source.passphrase = source.key.empty() ? variable("NMX_STATE_PASSPHRASE") : "";
  }
  co_return source;
}

Result<std::unique_ptr<Store>> open_store(const Object& settings, KeySource keys, const std::filesystem::path& folder,
                                          std::string environment, Env& env) {
  // The key file lies there, whatever keeps the state.
  if (const auto made = make_folder(folder); !made) return made.error();
  auto ring = Keyring::open(std::move(keys));
  if (!ring) return ring.error();
  if (backend_of(settings) == "local") {
    auto local = LocalStore::open(folder, std::move(environment), *std::move(ring), env);
    if (!local) return local.error();
    return std::unique_ptr<Store>(*std::move(local));
  }
  return std::unique_ptr<Store>(
      std::make_unique<RemoteStore>(shelf_of(settings, env), std::move(environment), *std::move(ring), env));
}

}  // namespace nmx
