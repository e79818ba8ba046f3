#include "cli/variables.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "lang/diagnostics/render.hpp"
#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// `name = value` lines, in the language itself.
Result<Variables> variables_of(const std::string& name, std::string text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto source = sources.add(name, std::move(text));
  const auto file = parse(sources, source, diagnostics);
  if (!file.body.blocks.empty()) {
    diagnostics.error(Code::misplaced_block, file.body.blocks.front().header, "a file of variables holds no blocks")
        .with_help("write `name = value`, a line each");
  }
  if (diagnostics.has_errors())
    return Error{"cannot read the variables\n\n" + render(diagnostics, sources, Colour::off)};
  Variables variables;
  for (const auto& attribute : file.body.attributes) {
    variables.emplace_back(std::string(sources.text(attribute.key.span)),
                           std::string(sources.text(attribute.value.span)));
  }
  return variables;
}

}  // namespace

Result<Variables> read_variables(Context& context) {
  Variables all;
  for (const auto& name : context.arguments.values("var-file")) {
    std::ifstream file(context.folder / name, std::ios::binary);
    if (!file) return Error{fmt::format("cannot read `{}`", name)};
    auto read = variables_of(name, std::string(std::istreambuf_iterator<char>(file), {}));
    if (!read) return read.error();
    all.insert(all.end(), read->begin(), read->end());
  }
  for (const auto& given : context.arguments.values("var")) {
    const auto equals = given.find('=');
    if (equals == std::string::npos)
      return Error{fmt::format("`-var {}` has no value", given), "write `-var name=value`"};
    all.emplace_back(given.substr(0, equals), given.substr(equals + 1));
  }
  return all;
}

}  // namespace nmx
