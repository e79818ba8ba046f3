#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "planner/examining.hpp"
#include "planner/view/palette.hpp"

namespace nmx {
namespace {

/// A provider block and what was found out about its server.
struct Examined {
  std::string name;
  std::vector<Finding> findings;
};

Finding unreachable(const Error& error) {
  Finding finding{Finding::Kind::missing, error.message, {}};
  if (!error.help.empty()) finding.remedy.push_back(error.help);
  return finding;
}

Examined examine(Session& session, const std::string& name) {
  Examined one{name, {}};
  const auto provider = session.env.drive(session.connections->provider(name));
  if (!provider) {
    one.findings.push_back(unreachable(provider.error()));
    return one;
  }
  if (auto* examining = dynamic_cast<Examining*>(*provider)) {
    one.findings = session.env.drive(examining->examine(&session.connections->facts(name)));
  } else {
    one.findings.push_back({Finding::Kind::well, "ready"});
  }
  for (const auto& warning : (*provider)->warnings()) one.findings.push_back({Finding::Kind::note, warning});
  return one;
}

std::string_view word_of(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::well: return "ok";
    case Finding::Kind::note: return "note";
    case Finding::Kind::missing: return "missing";
  }
  return "";
}

std::string as_text(const std::vector<Examined>& all, const Palette& colours) {
  std::string text;
  for (const auto& one : all) {
    text += fmt::format("provider {}\n", one.name);
    for (const auto& finding : one.findings) {
      const auto word = fmt::format("{:8}", word_of(finding.kind));
      text += fmt::format("  {} {}\n",
                          finding.kind == Finding::Kind::missing ? colours.bad(word)
                          : finding.kind == Finding::Kind::well  ? colours.good(word)
                                                                 : word,
                          finding.what);
      for (const auto& line : finding.remedy) text += fmt::format("             {}\n", line);
    }
  }
  return text;
}

std::string as_json(const std::vector<Examined>& all) {
  auto list = nlohmann::json::array();
  for (const auto& one : all) {
    for (const auto& finding : one.findings) {
      list.push_back({{"provider", one.name},
                      {"finding", word_of(finding.kind)},
                      {"what", finding.what},
                      {"remedy", finding.remedy}});
    }
  }
  return list.dump(2) + "\n";
}

Exit doctor(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  std::vector<Examined> all;
  const auto& providers = session->host.providers(*session->evaluator);
  for (const auto& instance : providers) session->connections->add(instance);
  if (session->told_errors()) return Exit::error;
  for (const auto& instance : providers) {
    // What nobody wrote a block for has no server.
    if (!instance.assumed) all.push_back(examine(*session, instance.name));
  }
  context.streams.out << (context.arguments.flag("json") ? as_json(all)
                                                         : as_text(all, Palette(context.terminal.colour)));
  const bool well = std::all_of(all.begin(), all.end(), [](const Examined& one) {
    return std::none_of(one.findings.begin(), one.findings.end(),
                        [](const Finding& finding) { return finding.kind == Finding::Kind::missing; });
  });
  return well ? Exit::done : Exit::error;
}

}  // namespace

Command doctor_command() {
  auto options = configuration_options();
  options.push_back({"json", "", "as JSON"});
  return {"doctor",
          "look whether every server answers and grants what nmx needs, and how to mend what is missing",
          {},
          options,
          doctor};
}

}  // namespace nmx
