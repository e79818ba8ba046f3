#include "cli/planning.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <ostream>

#include "planner/plan_file.hpp"
#include "planner/refresh.hpp"

namespace nmx {

std::vector<Option> planning_options() {
  return {{"target", "ADDRESS", "only this and what it needs", true},
          {"exclude", "ADDRESS", "all but this and what needs it", true},
          {"replace", "ADDRESS", "make this anew", true},
          {"destroy", "", "plan to destroy everything"},
          {"refresh-only", "", "change nothing real, only note what others changed"},
          {"no-refresh", "", "take the real objects to be as the state says"}};
}

std::optional<PlanOptions> read_planning_options(Context& context) {
  PlanOptions options;
  if (context.arguments.flag("destroy")) options.mode = PlanOptions::Mode::destroy;
  if (context.arguments.flag("refresh-only")) options.mode = PlanOptions::Mode::refresh_only;
  options.refresh = !context.arguments.flag("no-refresh");
  const auto read = [&](const char* name, std::vector<Address>& into) {
    for (const auto& text : context.arguments.values(name)) {
      auto address = parse_address(text);
      if (!address) {
        context.streams.err << fmt::format("error: `-{} {}`: {}\n", name, text, address.error().message);
        return false;
      }
      into.push_back(*std::move(address));
    }
    return true;
  };
  if (!read("target", options.targets) || !read("exclude", options.excludes) || !read("replace", options.replaces)) {
    return std::nullopt;
  }
  return options;
}

std::vector<std::string> stale(Session& session, const Plan& plan) {
  std::vector<std::string> moved;
  if (plan.lineage != session.state.lineage) return {"it was made for another state"};
  if (plan.serial != session.state.serial) {
    moved.push_back(fmt::format("the state has moved on: it was version {}, and is version {} now", plan.serial,
                                session.state.serial));
  }
  if (plan.environment != session.configuration->environment) {
    moved.push_back(
        fmt::format("it is for the environment `{}`, not `{}`", plan.environment, session.configuration->environment));
  }
  if (plan.configuration_digest != session.digest(plan.inputs))
    moved.push_back(
        "the configuration has changed since, or its variables: `-var` and `-var-file` have to be as when it was made");
  if (!moved.empty()) return moved;
  // What the plan takes over or gives another address is looked at as well.
  auto known = session.state;
  for (const auto& address : plan.forgotten) known.objects.erase(address);
  for (const auto& [address, object] : plan.refreshed) known.objects[address] = object;
  const auto observed = session.env.drive(refresh(known, *session.connections));
  for (const auto& [address, digest] : plan.observed_digests) {
    const auto found = observed.find(address);
    if (found == observed.end() || found->second.digest == digest) continue;
    const bool gone = found->second.status == Observed::Status::absent;
    moved.push_back(
        fmt::format("`{}` {} since", to_string(address), gone ? "was deleted" : "was changed by somebody else"));
  }
  return moved;
}

std::optional<Plan> read_saved_plan(Session& session, const std::string& file) {
  std::ifstream in(session.context.folder / file, std::ios::binary);
  if (!in) {
    session.print_error({fmt::format("cannot read `{}`", file), "`nmx plan -out FILE` writes a plan"});
    return std::nullopt;
  }
  auto plan = read_plan(std::string(std::istreambuf_iterator<char>(in), {}), session.store->key());
  if (!plan) {
    session.print_error({fmt::format("`{}`: {}", file, plan.error().message), plan.error().help});
    return std::nullopt;
  }
  return *std::move(plan);
}

}  // namespace nmx
