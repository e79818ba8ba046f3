#include "tests/fuzz/small_site.hpp"

#include "lang/config/decode.hpp"
#include "lang/diagnostics/render.hpp"
#include "lang/syntax/parser.hpp"

namespace nmx::fuzz {
namespace {

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

SmallSite::SmallSite(std::string_view text, Inputs& inputs)
    : configuration_(sources_), host_(std::make_unique<OneType>()) {
  const auto source = sources_.add("site.nmx", std::string(text));
  configuration_.directories.emplace_back();
  configuration_.files.push_back(parse(sources_, source, diagnostics_));
  configuration_.modules.emplace_back();
  decode_file(configuration_.files.back(), FileRole::root, configuration_.modules.back(), configuration_, diagnostics_);
  for (const auto& kind : configuration_.kind_declarations) configuration_.known_kinds.push_back(kind.full_name());
  complete(configuration_, diagnostics_);
  evaluator_ = std::make_unique<Evaluator>(configuration_, *host_, inputs, diagnostics_);
  evaluator_->limit_work(200'000);
  evaluator_->instantiate();
}

SmallSite::~SmallSite() = default;

void SmallSite::check() {
  evaluator_->providers();
  evaluator_->outputs();
  evaluator_->check_all();
}

std::vector<OutputValue> SmallSite::outputs() { return evaluator_->outputs(); }

std::string SmallSite::told() const {
  // Rendering takes time in proportion to what was told; a text that is all mistakes tells a great many.
  constexpr std::size_t most = 50;
  return diagnostics_.size() <= most ? render(diagnostics_, sources_, Colour::off) : std::string();
}

}  // namespace nmx::fuzz
