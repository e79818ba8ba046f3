#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lang/config/evaluate.hpp"
#include "lang/diagnostics/diagnostic.hpp"
#include "planner/apply.hpp"
#include "planner/provider.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// The providers of a run: one connection for each `provider` block that something uses, made when it is first needed.
class Connections : public ProviderSource {
 public:
  /// `derive` and `folder` as in ProviderSettings. Everything given lives as long as this.
  Connections(const Registry& registry, Env& env, std::function<std::string(std::string_view)> derive,
              std::filesystem::path folder);

  /// Makes a provider block known.
  void add(const ProviderInstance& instance);
  /// The server is not there before an apply made it: it is not asked, and why not.
  void defer(const std::string& name, std::string why);
  bool deferred(const std::string& name) const;
  /// Asks a deferred one after all. Errors: it does not answer; it is deferred then as before.
  Task<Status> resume(std::string name);
  /// Connects to these, side by side. What cannot be reached is told at its block.
  Task<Done> connect(std::vector<std::string> names, Diagnostics& diagnostics);

  /// What the server told; empty where it could not be reached.
  const Facts& facts(const std::string& name) const;
  bool connected(const std::string& name) const;
  /// Null pointer: not connected.
  Provider* find(const std::string& name) const;

  Task<Result<Provider*>> provider(std::string name) override;
  Status settle(const std::string& name, const HoleSource& answers) override;
  std::uint32_t schema_version(const std::string& type) const override;

 private:
  struct Connection {
    const ProviderInstance* instance = nullptr;
    std::unique_ptr<Provider> provider;
    Facts facts;
    bool connected = false;
    std::optional<Error> error;
    /// Why it is not asked.
    std::optional<std::string> deferred;
    /// The block's settings once an apply knows what they read.
    std::optional<Object> settings;
    /// How long a server that was just made may take until it answers.
    Milliseconds patience{0};
    /// Somebody is connecting; the others wait for that.
    bool opening = false;
    std::vector<Waiter> waiting = {};
  };
  /// Connects once, however many ask at the same time.
  Task<Status> open(std::string name);
  Task<Status> open_alone(std::string name);
  Status make(const std::string& name, Connection& connection);

  const Registry& registry_;
  Env& env_;
  std::function<std::string(std::string_view)> derive_;
  std::filesystem::path folder_;
  std::map<std::string, Connection> connections_;
};

}  // namespace nmx
