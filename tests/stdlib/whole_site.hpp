#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/config/inputs.hpp"
#include "planner/host.hpp"
#include "stdlib/library.hpp"

namespace nmx::test {

/// Whether what nmx or a server decides is known already, as in a plan, or not yet, as in `nmx validate`.
enum class Values { decided, undecided };

/// Answers every question for what nmx or a server decides at once, each time the same: addresses rise from
/// 192.168.50.20, passwords name their owner.
class DecidedHost : public PlanningHost {
 public:
  using PlanningHost::PlanningHost;
  Value computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) override;

  Values values = Values::decided;

 private:
  std::map<std::string, std::string> addresses_;
};

/// A site that uses the definitions that come with nmx, evaluated without any server.
class WholeSite {
 public:
  /// `text`: what stands in it besides the domain, the network and the provider.
  explicit WholeSite(const std::string& text, Values values = Values::decided);
  /// Files by name, `site.nmx` and `kinds/x.nmx`, with nothing added.
  explicit WholeSite(const std::map<std::string, std::string>& files, Values values = Values::decided);
  ~WholeSite();
  WholeSite(const WholeSite&) = delete;
  WholeSite& operator=(const WholeSite&) = delete;

  /// What is wrong with it, as it would be printed; empty: nothing.
  std::string mistakes();
  /// An expression in the site's scope.
  Value value(const std::string& expression);
  std::vector<std::string> resources();

  std::unique_ptr<Configuration> configuration;
  std::unique_ptr<Evaluator> evaluator;

 private:
  std::filesystem::path folder_;
  SourceMap sources_;
  Diagnostics diagnostics_;
  StandardLibrary library_;
  SystemInputs inputs_;
  Registry registry_;
  State state_;
  Allocator allocator_{{}, 1};
  DecidedHost host_;
};

/// The types of the catalogue's services: `jellyfin`, `caddy` …
std::vector<std::string> service_types();

}  // namespace nmx::test
