#include "providers/nix/host_systems.hpp"

#include <fmt/core.h>

#include <memory>

#include "planner/runtime/gather.hpp"
#include "providers/nix/flake_lock.hpp"
#include "providers/nix/host_file.hpp"
#include "providers/nix/host_work.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::nix {
namespace {

/// A service that starts for the first time makes or migrates its database before it answers.
constexpr std::chrono::seconds patience_with_services{300};

bool can_be_reached(const Object& host) { return !host.at_or_null("address").is_null(); }

/// Known only once the secrets are: they are part of the system.
Value known_after_apply(const Address& address) {
  auto unknown = std::make_shared<Unknown>();
  unknown->address = to_string(address);
  unknown->attribute = "system";
  unknown->decider = "Nix";
  unknown->type = Type::simple(Type::Tag::string);
  return Value(Hole{std::move(unknown)});
}

std::vector<Foreseen> refuse(std::size_t count, const Error& error) {
  std::vector<Foreseen> foreseen(count);
  foreseen.front().refused = error;
  return foreseen;
}

}  // namespace

SshHost HostSystems::ssh(const Object& host) const {
  const Fields fields(host);
  return {fields.text_or("name", ""), fields.text_or("address", ""), deploying_.user, deploying_.identity,
          fields.text_or("host_public_key", "")};
}

Task<Status> HostSystems::connect() const {
  const std::string without = "`provider nix { deploy = false }` writes the files and switches no machine";
  const auto flake = flake_.read("flake.nix");
  if (!flake) co_return flake.error();
  if (!*flake)
    co_return Error{fmt::format("there is no `flake.nix` in `{}`", flake_.folder().string()),
                    "`nmx init -flake` writes one; " + without};
  ChildCommand command;
  command.arguments = {"nix", "--version"};
  command.timeout = Milliseconds{30'000};
  auto asking = env_->run(std::move(command));
  const auto answer = co_await asking;
  if (!answer || answer->exit_code != 0) {
    co_return Error{fmt::format("Nix does not run here: {}", answer ? answer->errors : answer.error().message),
                    "install it (https://nixos.org/download, or Debian's `nix-bin`); " + without};
  }
  co_return Done{};
}

Task<std::vector<Observed>> HostSystems::look(std::vector<ObjectId> ids, std::vector<Observed> observed) {
  std::vector<Task<Result<Running>>> asking;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (observed[i].status != Observed::Status::present || !can_be_reached(observed[i].attributes)) continue;
    asking.push_back(running_system(env_, ssh(observed[i].attributes)));
    asked.push_back(i);
  }
  auto all = gather(std::move(asking));
  const auto answers = co_await all;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto& one = observed[asked[i]];
    if (!answers[i]) {
      out_of_reach_[ids[asked[i]].address] = answers[i].error().message;
      continue;
    }
    // On trial it is as good as going back.
    const auto& runs = answers[i]->former;
    // Where it was never switched to the end, what it runs is nothing that anybody changed.
    if (one.attributes.contains("system")) one.attributes.set("system", runs);
    one.digest = to_hex(sha256(one.digest + runs));
  }
  co_return observed;
}

Task<Foreseen> HostSystems::foresee_one(const FlakeCopy* copy, Wanted wanted) {
  Foreseen foreseen;
  const Fields host(wanted.object);
  if (auto may = may_write(flake_, wanted.object); !may) {
    foreseen.refused = may.error();
    co_return foreseen;
  }
  if (!can_be_reached(wanted.object)) co_return foreseen;
  const auto silent = out_of_reach_.find(wanted.address);
  if (silent != out_of_reach_.end() && !contains_hole(host.at("machine"))) {
    foreseen.out_of_reach = silent->second;
    co_return foreseen;
  }
  if (!wanted.object.contains("sealed")) {
    foreseen.attributes.set("system", known_after_apply(wanted.address));
    co_return foreseen;
  }
  auto evaluating = evaluate(env_, &places_, copy->reference(), host.text_or("name", ""));
  auto system = co_await evaluating;
  if (system) {
    foreseen.attributes.set("system", *std::move(system));
  } else {
    foreseen.refused = system.error();
  }
  co_return foreseen;
}

Task<std::vector<Foreseen>> HostSystems::foresee(std::vector<Wanted> wanted) {
  auto copying = FlakeCopy::make(flake_, proposed_ == nullptr ? ProposedFiles{} : *proposed_);
  const auto copy = co_await copying;
  if (!copy) co_return refuse(wanted.size(), copy.error());
  for (const auto& one : wanted) {
    const Fields host(one.object);
    const auto secrets = secrets_path(host.text_or("name", ""));
    auto put = (*copy)->put(host.text_or("file", ""), host.text_or("text", ""));
    if (put && one.object.contains("sealed")) put = (*copy)->put(secrets, host.text_or("sealed", ""));
    if (!put) co_return refuse(wanted.size(), put.error());
  }
  auto locking = complete_lock(env_, copy->get(), flake_);
  if (const auto locked = co_await locking; !locked) co_return refuse(wanted.size(), locked.error());
  std::vector<Task<Foreseen>> tasks;
  for (auto& one : wanted) tasks.push_back(foresee_one(copy->get(), std::move(one)));
  auto all = gather(std::move(tasks));
  co_return co_await all;
}

Task<Result<Answer>> HostSystems::bring(Operation operation, Progress progress) {
  const auto* given = operation.arguments.at_or_null("host").object();
  const Object host = given ? *given : Object{};
  auto copying = FlakeCopy::make(flake_);
  const auto copy = co_await copying;
  if (!copy) co_return copy.error();
  auto storing = store_own_folders(env_, copy->get());
  if (const auto stored = co_await storing; !stored) co_return stored.error();
  if (const auto kept = keep_hashes(**copy, flake_); !kept) co_return kept.error();
  Deployment deployment;
  deployment.flake = (*copy)->reference();
  deployment.host = Fields(host).text_or("name", "");
  deployment.ssh = ssh(host);
  deployment.toplevel = Fields(host).text_or("system", "");
  deployment.build = deploying_.build;
  deployment.builder = deploying_.builder;
  deployment.substitutes = deploying_.substitutes;
  for (const auto& check : elements(host.at_or_null("checks"))) {
    if (const auto* command = check.string()) deployment.checks.push_back(*command);
  }
  if (!deployment.checks.empty()) {
    deployment.healthy_within = patience_with_services;
    deployment.confirmed_within = patience_with_services + std::chrono::seconds(30);
  }
  auto deploying = deploy(env_, &places_, std::move(deployment), std::move(progress));
  auto deployed = co_await deploying;
  if (!deployed) co_return deployed.error();
  Answer answer;
  answer.id = Fields(host).text_or("name", "");
  answer.attributes.set("system", deployed->toplevel);
  answer.notes = std::move(deployed->notes);
  co_return answer;
}

Task<Result<Reconciled>> HostSystems::reconcile(Operation operation) {
  const auto* host = operation.arguments.at_or_null("host").object();
  const auto system = host ? Fields(*host).text_or("system", "") : std::string();
  if (system.empty()) co_return Reconciled{};
  auto asking = running_system(env_, ssh(*host));
  const auto running = co_await asking;
  if (!running) co_return running.error();
  if (running->trial.empty() && running->system == system && running->profile == system) {
    Answer runs;
    runs.id = Fields(*host).text_or("name", "");
    runs.attributes.set("system", system);
    co_return Reconciled{Fate::done, std::move(runs)};
  }
  if (running->trial != system) co_return Reconciled{};
  // The switch is taken up where it stands, so there is nothing to build.
  auto bringing = bring(operation, {});
  auto answer = co_await bringing;
  if (answer) co_return Reconciled{Fate::done, *std::move(answer)};
  Answer why;
  why.notes = {answer.error().message};
  co_return Reconciled{Fate::not_done, std::move(why)};
}

}  // namespace nmx::nix
