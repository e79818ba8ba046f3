#include <array>

#include "lang/value/function.hpp"
#include "lang/value/functions/glob.hpp"
#include "lang/value/unicode.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/small_site.hpp"
#include "tests/fuzz/targets.hpp"

// Functions that read a small language of their own.
namespace nmx::fuzz {
namespace {

/// Every file has the same text, and every variable holds a secret.
class OneFile : public Inputs {
 public:
  explicit OneFile(std::string_view text) : text_(text) {}
  Result<std::string> file(const std::filesystem::path&) override {
    if (!is_utf8(text_)) return Error{"it is not text"};
    return text_;
  }
  std::optional<std::string> environment(const std::string&) override { return "hunter2"; }

 private:
  std::string text_;
};

/// Nothing: it was refused.
std::optional<Value> answer(std::string_view function, const List& arguments) {
  OneFile inputs("");
  const auto outcome = call(*find_function(function), arguments, CallContext{"/", inputs});
  const auto* value = std::get_if<Value>(&outcome);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

void fill_template(std::string_view text) {
  // What reveals secrets is meant to, and what is written already is none.
  for (const auto* word : {"hunter2", "reveal", "nonsensitive", "env"}) {
    if (holds(text, word)) return;
  }
  OneFile inputs(text);
  SmallSite site(R"(
function twice(x) = [x, x]
output filled {
  value = templatefile("t", {
    a = "x", n = 3, yes = true, l = [1, 2], m = { k = "v" }
    s = sensitive(env("S")), p = sensitive({ "${env("S")}" = [env("S")] })
  })
}
)",
                 inputs);
  for (const auto& output : site.outputs())
    promise(!holds(display(output.value, 10'000), "hunter2"), "what a template makes of a secret is secret", text);
  promise(!holds(site.told(), "hunter2"), "no mistake in a template shows a secret", text);
}

void read_yaml(std::string_view text) {
  OneFile inputs(text);
  SmallSite site(R"(
locals { read = yamldecode(file("t")) }
output same { value = yamldecode(yamlencode(local.read)) == local.read }
)",
                 inputs);
  for (const auto& output : site.outputs()) {
    const auto* same = output.value.boolean();
    promise(same == nullptr || *same, "what was read as YAML is written and reads back", text);
  }
}

/// The first line is a pattern, the others are paths.
void compare_paths(std::string_view text) {
  const auto glob = Glob::parse(text.substr(0, text.find('\n')));
  while (!text.empty()) {
    const auto path = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), path.size() + 1));
    std::size_t steps = 0;
    if (glob) glob->fits(path, steps);
    promise(steps <= 1002 * path.size(), "a comparison takes no more than the product of both", path);
    if (path.size() > 300 || !is_utf8(path)) continue;
    std::string exact;
    for (const auto letter : code_points(path)) exact += "\\" + to_utf8(std::u32string_view(&letter, 1));
    const auto itself = Glob::parse(exact);
    promise(itself && itself->fits(path, steps), "a path fits itself letter by letter", path);
    promise(path.empty() || !itself->fits(path.substr(0, path.size() - 1), steps), "and nothing shorter", path);
  }
}

void change_characters(std::string_view text) {
  // Those that have a place for each character once.
  constexpr std::array sets{"UTF-8", "utf-16", "UTF-16LE", "UTF-32BE", "UTF-7", "ISO-8859-1", "windows-1252", "KOI8-R"};
  if (text.empty()) return;
  const std::string set = sets[static_cast<unsigned char>(text.front()) % sets.size()];
  const std::string rest(text.substr(1));
  if (const auto read = answer("textdecodebase64", {rest, set}))
    promise(is_utf8(*read->string()), "what was read of bytes is text", text);
  // A mark of the order of bytes is none of the text.
  if (!is_utf8(rest) || holds(rest, "\uFEFF")) return;
  const auto written = answer("textencodebase64", {rest, set});
  if (!written) return;
  const auto again = answer("textdecodebase64", {*written, set});
  promise(again && *again == Value(rest), "what was written in a character set reads back", text);
}

}  // namespace

void call_functions(std::string_view text) {
  if (text.empty()) return;
  constexpr std::array targets{&fill_template, &read_yaml, &compare_paths, &change_characters};
  targets[static_cast<unsigned char>(text.front()) % targets.size()](text.substr(1));
}

}  // namespace nmx::fuzz
