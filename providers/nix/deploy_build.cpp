#include "providers/nix/deploy_build.hpp"

#include <fmt/core.h>
#include <re2/re2.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "providers/nix/nix_log.hpp"

namespace nmx::nix {
namespace {

std::string attribute(const std::string& flake, const std::string& host, std::string_view what) {
  return fmt::format("{}#nixosConfigurations.\"{}\".config.system.build.toplevel{}", flake, host, what);
}

ChildCommand nix_command(std::vector<std::string> words, Milliseconds timeout) {
  ChildCommand command;
  // Several at once cannot share the cache of evaluations.
  command.arguments = {"nix", "--extra-experimental-features", "nix-command flakes", "--option", "eval-cache", "false"};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  command.timeout = timeout;
  return command;
}

Error nix_error(std::string what, std::string_view words) {
  return {fmt::format("{}: {}", what, words.empty() ? "Nix says nothing" : words)};
}

/// What Nix says of a failure: without its warnings, its advice, and where it keeps the flake meanwhile.
std::string words_of(std::string text) {
  static const re2::RE2 place(R"(/nix/store/[a-z0-9]{32}-source/)");
  static const re2::RE2 noise(R"((?m)^(warning: .*|\(use '--show-trace' .*\))\n?)");
  static const re2::RE2 around(R"(^(\s|error: )+|\s+$)");
  re2::RE2::GlobalReplace(&text, place, "");
  re2::RE2::GlobalReplace(&text, noise, "");
  re2::RE2::GlobalReplace(&text, around, "");
  return text;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

/// Runs Nix and tells how far it is; gives what it printed.
Task<Result<std::string>> follow(Env* env, ChildCommand command, std::string what, Progress progress) {
  NixLog log;
  command.arguments.insert(command.arguments.end(), {"--log-format", "internal-json", "-v"});
  command.on_errors = [&](std::string_view piece) {
    if (log.feed(piece) && progress && !log.progress().empty()) progress(log.progress());
  };
  auto running = env->run(std::move(command));
  const auto result = co_await running;
  if (!result) co_return Error{fmt::format("{}: {}", what, result.error().message), "is Nix installed?"};
  if (result->exit_code != 0) co_return nix_error(what, log.failure());
  co_return trimmed(result->output);
}

/// Copies between this machine's store and a host's.
Task<Result<std::string>> copy(Env* env, std::vector<std::string> words, SshHost host, std::string what,
                               bool substitutes, Progress progress) {
  const auto settings = Ssh(*env).settings_file(host);
  if (!settings) co_return settings.error();
  auto command = nix_command({"copy", "--no-check-sigs"}, Milliseconds{3'600'000});
  if (substitutes) command.arguments.push_back("--substitute-on-destination");
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  command.environment = {{"NIX_SSHOPTS", "-F " + settings->string()}};
  co_return co_await follow(env, std::move(command), std::move(what), std::move(progress));
}

Task<Result<std::string>> build_here(Env* env, Deployment deployment, Progress progress) {
  auto command = nix_command({"build", "--no-link", "--json", attribute(deployment.flake, deployment.host, "")},
                             Milliseconds{7'200'000});
  auto building = follow(env, std::move(command), fmt::format("cannot build `{}`", deployment.host), progress);
  const auto printed = co_await building;
  if (!printed) co_return printed;
  const auto json = nlohmann::json::parse(*printed, nullptr, false);
  if (!json.is_array() || json.empty() || !json[0].contains("outputs") || !json[0]["outputs"].contains("out"))
    co_return nix_error(fmt::format("cannot build `{}`", deployment.host), *printed);
  co_return json[0]["outputs"]["out"].get<std::string>();
}

/// The recipe goes over, the result is made there.
Task<Result<std::string>> build_there(Env* env, Workplaces* places, Deployment deployment, SshHost builder,
                                      Progress progress) {
  const auto what = fmt::format("cannot build `{}` on `{}`", deployment.host, builder.name);
  auto acquiring = places->evaluations.acquire();
  auto place = co_await acquiring;
  auto instantiating = env->run(nix_command({"eval", "--raw", attribute(deployment.flake, deployment.host, ".drvPath")},
                                            Milliseconds{1'200'000}));
  auto recipe = co_await instantiating;
  place.release();
  if (!recipe) co_return recipe.error();
  if (recipe->exit_code != 0)
    co_return nix_error(fmt::format("cannot evaluate `{}`", deployment.host), words_of(recipe->errors));
  const auto path = trimmed(recipe->output);
  auto sending = copy(env, {"--derivation", "--to", "ssh://" + builder.name, path}, builder, what, false, progress);
  if (const auto sent = co_await sending; !sent) co_return sent;
  if (progress) progress(fmt::format("building on {}", builder.name));
  Ssh ssh(*env);
  auto realising =
      ssh.run(builder, "nix-store --realise \"$1\"", {path}, SshConnection::shared, Milliseconds{7'200'000});
  const auto realised = co_await realising;
  if (!realised) co_return realised.error();
  if (const auto* failure = std::get_if<SshFailure>(&*realised)) co_return failure->error;
  const auto& result = std::get<ChildResult>(*realised);
  if (result.exit_code != 0) co_return nix_error(what, trimmed(result.errors));
  co_return trimmed(result.output);
}

}  // namespace

int Workplaces::evaluations_that_fit() {
  // What programs may take without swapping, in KiB; an evaluation of a NixOS host needs about a gigabyte.
  std::ifstream info("/proc/meminfo");
  std::string name;
  long kib = 0;
  for (std::string rest; info >> name >> kib; std::getline(info, rest)) {
    if (name == "MemAvailable:") break;
  }
  const auto by_memory = static_cast<int>(kib >> 20);
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return std::clamp(by_memory, 1, cores);
}

Task<Status> lock_inputs(Env* env, std::string flake) {
  auto running = env->run(nix_command({"flake", "lock", flake}, Milliseconds{1'200'000}));
  const auto result = co_await running;
  if (!result) co_return Error{result.error().message, "is Nix installed?"};
  if (result->exit_code != 0) co_return nix_error("cannot lock the inputs of the flake", words_of(result->errors));
  co_return Done{};
}

Task<Result<std::string>> store_folder(Env* env, std::filesystem::path folder) {
  const auto what = fmt::format("cannot take `{}` into the store", folder.filename().string());
  std::string printed;
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"store", "add-path", "--name", "source"}, {"hash", "path", "--sri"}}) {
    auto command = nix_command(words, Milliseconds{600'000});
    command.arguments.push_back(folder.string());
    auto running = env->run(std::move(command));
    const auto result = co_await running;
    if (!result) co_return Error{result.error().message, "is Nix installed?"};
    if (result->exit_code != 0) co_return nix_error(what, words_of(result->errors));
    printed = trimmed(result->output);
  }
  co_return printed;
}

Task<Result<std::string>> evaluate(Env* env, Workplaces* places, std::string flake, std::string host) {
  const auto system = attribute(flake, host, ".outPath");
  auto acquiring = places->evaluations.acquire();
  auto place = co_await acquiring;
  // Read-only is twice as fast, and fails where an input of the flake is not in the store yet.
  auto looking = env->run(nix_command({"eval", "--read-only", "--raw", system}, Milliseconds{1'200'000}));
  auto result = co_await looking;
  if (result && result->exit_code != 0) {
    auto running = env->run(nix_command({"eval", "--raw", system}, Milliseconds{1'200'000}));
    result = co_await running;
  }
  place.release();
  if (!result) co_return Error{result.error().message, "is Nix installed?"};
  if (result->exit_code != 0)
    co_return nix_error(fmt::format("Nix does not take `{}` as it is written", host), words_of(result->errors));
  co_return trimmed(result->output);
}

Task<Result<std::string>> build_and_copy(Env* env, Workplaces* places, Deployment deployment, Progress progress) {
  auto acquiring = places->builds.acquire();
  auto place = co_await acquiring;
  const bool here = deployment.build == BuildPlace::here;
  const auto builder =
      deployment.build == BuildPlace::elsewhere && deployment.builder ? *deployment.builder : deployment.ssh;
  auto building =
      here ? build_here(env, deployment, progress) : build_there(env, places, deployment, builder, progress);
  auto built = co_await building;
  place.release();
  if (!built) co_return built;
  if (!deployment.toplevel.empty() && *built != deployment.toplevel) {
    co_return Error{
        fmt::format("`{}` is not what was planned: {} instead of {}", deployment.host, *built, deployment.toplevel),
        "something in the flake changed since; plan again"};
  }
  if (deployment.build == BuildPlace::on_host) co_return built;
  const auto what = fmt::format("cannot copy {} to `{}`", *built, deployment.ssh.name);
  if (!here) {
    auto fetching = copy(env, {"--from", "ssh://" + builder.name, *built}, builder, what, false, progress);
    if (const auto fetched = co_await fetching; !fetched) co_return fetched;
  }
  auto copying = copy(env, {"--to", "ssh://" + deployment.ssh.name, *built}, deployment.ssh, what,
                      deployment.substitutes, progress);
  if (const auto copied = co_await copying; !copied) co_return copied;
  co_return built;
}

}  // namespace nmx::nix
