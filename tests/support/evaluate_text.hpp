#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"

namespace nmx::test {

/// Knows two resource types: `value` (input, any; id, computed as `id of ADDRESS`) and `machine` (name, size, note;
/// serial, which only apply would know).
class SmallHost : public ResourceHost {
 public:
  SmallHost();
  const Interface* interface(std::string_view type) const override;
  std::vector<std::string> types() const override { return {"machine", "value"}; }
  std::string provider_of(std::string_view type) const override { return type == "machine" ? "cloud" : "nmx"; }
  Value computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) override;
  const Interface* provider_interface(std::string_view provider) const override;

 private:
  Interface value_, machine_, cloud_, nmx_;
};

/// Files and variables from a map.
class MapInputs : public Inputs {
 public:
  std::map<std::string, std::string> variables;
  Result<std::string> file(const std::filesystem::path& path) override;
  std::optional<std::string> environment(const std::string& name) override;
};

/// A site of one or more files, written into a folder that goes with it, loaded and ready to be asked.
class Site {
 public:
  explicit Site(const std::string& text) : Site(std::map<std::string, std::string>{{"site.nmx", text}}) {}
  explicit Site(const std::map<std::string, std::string>& files, LoadOptions options = {},
                std::map<std::string, std::string> variables = {});
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  /// An output of the root module as it is displayed; where a mistake was told, its code and message.
  std::string output(const std::string& name);
  /// Addresses of all resources, in the order given.
  std::vector<std::string> resources();
  /// An attribute of a resource as it is displayed; `unset` where it has none.
  std::string attribute(const std::string& address, const std::string& name);
  std::vector<std::string> dependencies(const std::string& address);
  /// After everything was checked: `NMX0400 message` of each, in the order of the text.
  std::vector<std::string> mistakes();
  std::string rendered() const;

  Diagnostics diagnostics;
  std::unique_ptr<Configuration> configuration;
  std::unique_ptr<Evaluator> evaluator;

 private:
  std::vector<std::string> told() const;
  std::filesystem::path folder_;
  SourceMap sources_;
  SmallHost host_;
  MapInputs inputs_;
};

}  // namespace nmx::test
