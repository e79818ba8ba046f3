#include "tests/planner/plan/plan_world.hpp"

#include <fstream>

#include "lang/diagnostics/render.hpp"

namespace nmx::test {

std::optional<Plan> Planning::plan(const std::string& text, PlanOptions options) {
  std::ofstream(folder.path() / "site.nmx") << text;
  const NoLibrary library;
  LoadOptions loading;
  loading.folder = folder.path();
  const auto configuration = load(loading, library, sources, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;

  ProviderType fake;
  fake.name = "fake";
  fake.types = {std::make_shared<ThingType>()};
  fake.make = [this](const ProviderSettings&, Env&) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<ThingProvider>(world));
  };
  // Its server is an object of the site; its only type is `leaf`.
  ProviderType inner = fake;
  inner.name = "inner";
  inner.settings.attributes = {attribute("url", typed(Type::Tag::string))};
  inner.settings.attributes.front().required = true;
  inner.types = {std::make_shared<ThingType>("leaf")};
  inner.make = [this](const ProviderSettings& settings, Env&) -> Result<std::unique_ptr<Provider>> {
    asked_at.push_back(display(settings.settings.at_or_null("url")));
    return std::unique_ptr<Provider>(std::make_unique<ThingProvider>(inner_world));
  };
  const Registry registry({fake, inner});
  Allocator allocator(state.allocations, state.serial + 1);
  PlanningHost host(registry, state, allocator, diagnostics);
  SystemInputs inputs;
  Evaluator evaluator(*configuration, host, inputs, diagnostics);
  CurlEnv env;
  Connections connections(registry, env, [](std::string_view label) { return std::string(label); }, {});
  auto made = env.drive(make_plan(
      PlanPorts{*configuration, evaluator, host, connections, registry, state, allocator, env, diagnostics}, options));
  return diagnostics.has_errors() ? std::nullopt : std::move(made);
}

std::string Planning::told() const {
  auto text = render(diagnostics, sources, Colour::off);
  const auto place = folder.path().string() + "/";
  for (auto at = text.find(place); at != text.npos; at = text.find(place)) text.erase(at, place.size());
  return text;
}

}  // namespace nmx::test
