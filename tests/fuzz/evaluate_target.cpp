#include "tests/fuzz/small_site.hpp"
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

}  // namespace

void evaluate_text(std::string_view text) {
  NoInputs inputs;
  SmallSite site(text, inputs);
  site.check();
  site.told();
}

}  // namespace nmx::fuzz
