#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/error_pages.hpp"

namespace nmx {
namespace {

/// `NMX0201` of `nmx0201`, `0201` or `201`.
std::string code_named(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  if (text.rfind("NMX", 0) == 0) text.erase(0, 3);
  if (text.size() < 4) text.insert(0, 4 - text.size(), '0');
  return "NMX" + text;
}

Exit explain(Context& context) {
  const auto& pages = error_pages();
  const auto given = context.arguments.value("CODE");
  if (!given) {
    for (const auto& [code, page] : pages) context.streams.out << fmt::format("{}  {}\n", code, title_of(page));
    return Exit::done;
  }
  const auto page = pages.find(code_named(*given));
  if (page == pages.end()) {
    context.streams.err << fmt::format("error: no message has the number `{}`\n  help: `nmx explain` lists them\n",
                                       *given);
    return Exit::error;
  }
  context.streams.out << plain_page(page->second);
  return Exit::done;
}

}  // namespace

Command explain_command() {
  return {"explain",
          "say what an error means and what to do about it; without a code, list them",
          {{"CODE", "its number: `NMX0201`"}},
          {},
          explain};
}

}  // namespace nmx
