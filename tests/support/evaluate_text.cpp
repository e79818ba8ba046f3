#include "tests/support/evaluate_text.hpp"

#include <fmt/core.h>
#include <stdlib.h>

#include <fstream>
#include <stdexcept>

#include "lang/diagnostics/render.hpp"

namespace nmx::test {
namespace {

/// A library without definitions: sites of tests bring their own.
class NoLibrary : public Library {
 public:
  std::optional<std::string> file_of(std::string_view) const override { return std::nullopt; }
  std::string_view text(std::string_view file) const override { throw std::logic_error(std::string(file)); }
  std::vector<std::string> kinds() const override { return {}; }
};

InterfaceAttribute taken(std::string name, Type type) {
  InterfaceAttribute attribute;
  attribute.name = std::move(name);
  attribute.type = std::move(type);
  return attribute;
}

InterfaceAttribute given(std::string name) {
  auto attribute = taken(std::move(name), Type::simple(Type::Tag::string));
  attribute.computed = true;
  attribute.settable = false;
  return attribute;
}

}  // namespace

SmallHost::SmallHost() {
  value_.type = "value";
  value_.attributes = {taken("input", Type{}), given("id")};
  machine_.type = "machine";
  machine_.attributes = {taken("name", Type::simple(Type::Tag::string)), taken("size", Type::simple(Type::Tag::bytes)),
                         taken("note", Type::simple(Type::Tag::string)), given("serial")};
  machine_.attributes[0].required = true;
  machine_.attributes[1].fallback = Value{Bytes{1024}};
  cloud_.attributes = {taken("url", Type::simple(Type::Tag::string))};
}

const Interface* SmallHost::interface(std::string_view type) const {
  return type == "value" ? &value_ : type == "machine" ? &machine_ : nullptr;
}

const Interface* SmallHost::provider_interface(std::string_view provider) const {
  return provider == "cloud" ? &cloud_ : provider == "nmx" ? &nmx_ : nullptr;
}

Value SmallHost::computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) {
  if (attribute.name == "id") return Value{"id of " + to_string(resource.address)};
  Unknown unknown;
  unknown.address = to_string(resource.address);
  unknown.attribute = attribute.name;
  unknown.decider = "the cloud";
  unknown.type = attribute.type;
  return Value{Hole{std::make_shared<const Unknown>(std::move(unknown))}};
}

Result<std::string> MapInputs::file(const std::filesystem::path& path) {
  return Error{fmt::format("cannot read `{}`", path.string())};
}

std::optional<std::string> MapInputs::environment(const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

Site::Site(const std::map<std::string, std::string>& files, LoadOptions options,
           std::map<std::string, std::string> variables) {
  auto pattern = (std::filesystem::temp_directory_path() / "nmx-site-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  for (const auto& [name, text] : files) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  options.folder = folder_;
  inputs_.variables = std::move(variables);
  configuration = load(options, NoLibrary(), sources_, diagnostics);
  evaluator = std::make_unique<Evaluator>(*configuration, host_, inputs_, diagnostics);
}

Site::~Site() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> Site::told() const {
  std::vector<std::string> all;
  for (const auto& one : diagnostics.sorted()) all.push_back(to_string(one.code) + " " + one.message);
  return all;
}

std::string Site::output(const std::string& name) {
  evaluator->instantiate();
  for (const auto& output : evaluator->outputs()) {
    if (output.name != name) continue;
    if (!contains_poison(output.value) || told().empty()) return display(output.value, 400);
    return told().front();
  }
  return told().empty() ? "no such output" : told().front();
}

std::vector<std::string> Site::resources() {
  std::vector<std::string> addresses;
  for (const auto& one : evaluator->instantiate()) addresses.push_back(to_string(one.address));
  return addresses;
}

std::string Site::attribute(const std::string& address, const std::string& name) {
  evaluator->instantiate();
  const auto* resource = evaluator->find(parse_address(address).value());
  if (resource == nullptr) return "no such resource";
  const auto* value = evaluator->configuration(*resource).attributes.find(name);
  return value == nullptr ? "unset" : display(*value, 400);
}

std::vector<std::string> Site::dependencies(const std::string& address) {
  evaluator->instantiate();
  const auto* resource = evaluator->find(parse_address(address).value());
  if (resource == nullptr) return {"no such resource"};
  std::vector<std::string> all;
  for (const auto& one : evaluator->configuration(*resource).dependencies) all.push_back(to_string(one));
  return all;
}

std::vector<std::string> Site::mistakes() {
  evaluator->instantiate();
  evaluator->check_all();
  return told();
}

std::string Site::rendered() const { return render(diagnostics, sources_, Colour::off); }

}  // namespace nmx::test
