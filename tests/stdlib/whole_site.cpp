#include "tests/stdlib/whole_site.hpp"

#include <fmt/core.h>
#include <stdlib.h>

#include <fstream>
#include <stdexcept>

#include "lang/diagnostics/render.hpp"
#include "lang/syntax/parser.hpp"
#include "providers/providers.hpp"

namespace nmx::test {
namespace {

constexpr std::string_view around = R"(
provider proxmox { endpoint = "https://127.0.0.1:9", token = "root@pam!t=x", fingerprint = "AA" }
site home {
  domain    = "home.example.com"
  operators = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGcEQN1j8iF/KswKp0SLToVaeuwCWJEUx6MEmxXnF9zU ada@desk"]
}
network lan { cidr = "192.168.50.0/24" }
)";

}  // namespace

Value DecidedHost::computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) {
  const auto address = to_string(resource.address);
  if (values == Values::undecided) {
    auto unknown = std::make_shared<Unknown>();
    unknown->address = address;
    unknown->attribute = attribute.name;
    unknown->decider = "nobody yet";
    unknown->type = attribute.type;
    const Value value(Hole{std::move(unknown)});
    return attribute.type.secret ? value.as_secret() : value;
  }
  if (resource.type == "address") {
    const auto next = fmt::format("192.168.50.{}", 20 + addresses_.size());
    return Value{addresses_.emplace(address, next).first->second};
  }
  if (attribute.type.secret) return Value{"generated for " + address}.as_secret();
  if (attribute.type.tag == Type::Tag::integer) return Value{100};
  if (attribute.type.tag == Type::Tag::map) return Object{{"rootfs", attribute.name + " of " + address}};
  return Value{attribute.name + " of " + address};
}

WholeSite::WholeSite(const std::string& text, Values values)
    : WholeSite(std::map<std::string, std::string>{{"site.nmx", std::string(around) + text}}, values) {}

WholeSite::WholeSite(const std::map<std::string, std::string>& files, Values values)
    : registry_(all_providers()), host_(registry_, state_, allocator_, diagnostics_) {
  host_.values = values;
  auto pattern = (std::filesystem::temp_directory_path() / "nmx-whole-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  for (const auto& [name, text] : files) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  LoadOptions options;
  options.folder = folder_;
  configuration = load(options, library_, sources_, diagnostics_);
  evaluator = std::make_unique<Evaluator>(*configuration, host_, inputs_, diagnostics_);
}

WholeSite::~WholeSite() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string WholeSite::mistakes() {
  evaluator->instantiate();
  evaluator->providers();
  evaluator->check_all();
  for (const auto& one : evaluator->instantiate()) static_cast<void>(evaluator->configuration(one));
  return diagnostics_.has_errors() ? render(diagnostics_, sources_, Colour::off) : "";
}

Value WholeSite::value(const std::string& expression) {
  const auto id = sources_.add("expression", expression);
  auto parsed = parse_expression(sources_, id, diagnostics_);
  if (!parsed) throw std::logic_error("cannot read " + expression);
  configuration->expressions.push_back(std::move(*parsed));
  auto value = evaluator->evaluate(configuration->expressions.back());
  if (contains_poison(value)) throw std::logic_error(render(diagnostics_, sources_, Colour::off));
  return value;
}

std::vector<std::string> WholeSite::resources() {
  std::vector<std::string> addresses;
  for (const auto& one : evaluator->instantiate()) addresses.push_back(to_string(one.address));
  return addresses;
}

std::vector<std::string> service_types() {
  std::vector<std::string> types;
  constexpr std::string_view family = "service.";
  for (const auto& kind : StandardLibrary().kinds()) {
    if (kind.rfind(family, 0) == 0) types.push_back(kind.substr(family.size()));
  }
  return types;
}

}  // namespace nmx::test
