#include "lang/config/configuration.hpp"
#include "lang/config/decode.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/diagnostics/render.hpp"
#include "lang/syntax/parser.hpp"
#include "tests/fuzz/targets.hpp"

namespace nmx::fuzz {
namespace {

class NoInputs : public Inputs {
 public:
  Result<std::string> file(const std::filesystem::path&) override { return Error{"no files here"}; }
  std::optional<std::string> environment(const std::string& name) override {
    return name.size() < 3 ? std::nullopt : std::optional(name);
  }
};

/// One resource type, `value`: takes anything, and has an id that only apply learns.
class OneType : public ResourceHost {
 public:
  OneType() {
    InterfaceAttribute input;
    input.name = "input";
    InterfaceAttribute id;
    id.name = "id";
    id.type = Type::simple(Type::Tag::string);
    id.computed = true;
    id.settable = false;
    value_.type = "value";
    value_.attributes = {input, id};
  }
  const Interface* interface(std::string_view type) const override { return type == "value" ? &value_ : nullptr; }
  std::vector<std::string> types() const override { return {"value"}; }
  std::string provider_of(std::string_view) const override { return "nmx"; }
  Value computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) override {
    Unknown unknown;
    unknown.address = to_string(resource.address);
    unknown.attribute = attribute.name;
    unknown.decider = "apply";
    unknown.type = attribute.type;
    return Value{Hole{std::make_shared<const Unknown>(std::move(unknown))}};
  }
  const Interface* provider_interface(std::string_view provider) const override {
    return provider == "nmx" ? &nothing_ : nullptr;
  }

 private:
  Interface value_, nothing_;
};

}  // namespace

void evaluate_text(std::string_view text) {
  SourceMap sources;
  Diagnostics diagnostics;
  Configuration configuration(sources);
  const auto source = sources.add("site.nmx", std::string(text));
  configuration.directories.emplace_back();
  configuration.files.push_back(parse(sources, source, diagnostics));
  configuration.modules.emplace_back();
  decode_file(configuration.files.back(), FileRole::root, configuration.modules.back(), configuration, diagnostics);
  for (const auto& kind : configuration.kind_declarations) configuration.known_kinds.push_back(kind.full_name());
  complete(configuration, diagnostics);
  OneType host;
  NoInputs inputs;
  Evaluator evaluator(configuration, host, inputs, diagnostics);
  evaluator.limit_work(200'000);
  evaluator.instantiate();
  evaluator.providers();
  evaluator.outputs();
  evaluator.check_all();
  if (diagnostics.size() <= 50) render(diagnostics, sources, Colour::off);
}

}  // namespace nmx::fuzz
