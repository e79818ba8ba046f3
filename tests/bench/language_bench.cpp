#include <fmt/core.h>
#include <sys/resource.h>
#include <time.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "lang/config/configuration.hpp"
#include "lang/config/decode.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/diagnostics/render.hpp"
#include "lang/syntax/formatter.hpp"
#include "lang/syntax/parser.hpp"

// Figures of the language alone, in seconds of CPU of this thread: `nmx_bench_language WHAT SIZE`. Each run is a
// process of its own, so that the peak of its memory is that of one thing.
namespace nmx {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double peak_megabytes() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

class NoInputs : public Inputs {
 public:
  Result<std::string> file(const std::filesystem::path&) override { return Error{"no files here"}; }
  std::optional<std::string> environment(const std::string&) override { return std::nullopt; }
};

/// One type, `value`, that takes anything.
class OneType : public ResourceHost {
 public:
  OneType() {
    value_.type = "value";
    for (const auto* name : {"name", "size", "tags", "reads"}) {
      InterfaceAttribute attribute;
      attribute.name = name;
      value_.attributes.push_back(std::move(attribute));
    }
  }
  const Interface* interface(std::string_view type) const override { return type == "value" ? &value_ : nullptr; }
  std::vector<std::string> types() const override { return {"value"}; }
  std::string provider_of(std::string_view) const override { return "nmx"; }
  Value computed(const ResourceInstance&, const InterfaceAttribute&) override { return {}; }
  const Interface* provider_interface(std::string_view) const override { return &nothing_; }

 private:
  Interface value_, nothing_;
};

/// Resources of four attributes, of which one reads a local and one another resource.
std::string resources(std::size_t count) {
  std::string text = "locals { zone = \"example.com\" }\n";
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format(
        "\n# number {0}\nresource value r{0} {{\n  name  = \"host-{0}.${{local.zone}}\"\n  size  = {1}MiB + 64MiB * "
        "2\n  tags  = "
        "[\"a\", \"b\", \"c{0}\"]\n  reads = {2}\n}}\n",
        i, 128 + i % 512, i == 0 ? "null" : fmt::format("resource.value.r{}.size", i - 1));
  }
  return text;
}

/// Instances of a kind with ten inputs, which are checked one by one.
std::string instances(std::size_t count) {
  std::string text = "kind thing {\n";
  for (int i = 0; i < 10; ++i) text += fmt::format("  input a{} {{ type = int, default = {}, min = 0 }}\n", i, i);
  text += "  outputs { sum = input.a0 + input.a1 + input.a2 }\n}\n";
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("thing t{0} {{ a0 = {0}, a1 = 2 * 3 }}\n", i);
  return text;
}

struct Loaded {
  SourceMap sources;
  Diagnostics diagnostics;
  Configuration configuration{sources};

  explicit Loaded(std::string text) {
    const auto source = sources.add("site.nmx", std::move(text));
    configuration.directories.emplace_back();
    configuration.files.push_back(parse(sources, source, diagnostics));
    configuration.modules.emplace_back();
    decode_file(configuration.files.back(), FileRole::root, configuration.modules.back(), configuration, diagnostics);
    for (const auto& kind : configuration.kind_declarations) configuration.known_kinds.push_back(kind.full_name());
    complete(configuration, diagnostics);
  }
};

void stop_at_mistakes(const Loaded& loaded) {
  if (!loaded.diagnostics.has_errors()) return;
  fmt::print(stderr, "{}", render(loaded.diagnostics, loaded.sources, Colour::off));
  std::exit(1);
}

void report(const char* what, std::size_t bytes, double seconds, const std::string& rate) {
  const auto megabytes = static_cast<double>(bytes) / 1e6;
  fmt::print("{:<10} {:7.1f} MB {:7.3f} s {:>22} {:7.1f} MB/s   peak {:6.0f} MB, {:.0f} times the source\n", what,
             megabytes, seconds, rate, megabytes / seconds, peak_megabytes(), peak_megabytes() / megabytes);
}

void parse_only(std::string text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto bytes = text.size();
  const auto source = sources.add("site.nmx", std::move(text));
  const auto before = cpu_seconds();
  const auto file = parse(sources, source, diagnostics);
  report("parse", bytes, cpu_seconds() - before, fmt::format("{} blocks", file.body.blocks.size()));
}

void format_only(const std::string& text) {
  const auto before = cpu_seconds();
  const auto formatted = format(text);
  if (!formatted) std::exit(1);
  report("format", text.size(), cpu_seconds() - before, "");
}

/// Parsed, decoded, and every block compared with what its kind takes: what `nmx validate` does before it evaluates.
void load_only(std::string text) {
  const auto bytes = text.size();
  const auto before = cpu_seconds();
  const Loaded loaded(std::move(text));
  stop_at_mistakes(loaded);
  report("check", bytes, cpu_seconds() - before, "");
}

void evaluate_all(std::string text, std::size_t attributes) {
  const auto bytes = text.size();
  Loaded loaded(std::move(text));
  OneType host;
  NoInputs inputs;
  const auto before = cpu_seconds();
  Evaluator evaluator(loaded.configuration, host, inputs, loaded.diagnostics);
  evaluator.instantiate();
  evaluator.check_all();
  const auto seconds = cpu_seconds() - before;
  stop_at_mistakes(loaded);
  report("evaluate", bytes, seconds,
         fmt::format("{:.2f} million attr/s", static_cast<double>(attributes) / seconds / 1e6));
}

}  // namespace
}  // namespace nmx

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "nmx_bench_language parse|format|check|resources|instances COUNT\n");
    return 1;
  }
  const std::string what = arguments[1];
  const auto size = static_cast<std::size_t>(std::strtoull(arguments[2], nullptr, 10));
  if (what == "parse") nmx::parse_only(nmx::resources(size));
  if (what == "format") nmx::format_only(nmx::resources(size));
  if (what == "check") nmx::load_only(nmx::resources(size));
  if (what == "resources") nmx::evaluate_all(nmx::resources(size), size * 4);
  if (what == "instances") nmx::evaluate_all(nmx::instances(size), size * 11);
  return 0;
}
