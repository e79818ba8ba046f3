#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"
#include "lang/config/mentions.hpp"
#include "lang/diagnostics/suggest.hpp"

namespace nmx {
namespace {

/// What is only known once the state was read.
bool needs_state(const Configuration& configuration, std::string_view word) {
  constexpr std::string_view scopes[] = {"resource", "module", "local", "self", "input", "each"};
  const auto& kinds = configuration.known_kinds;
  return std::find(std::begin(scopes), std::end(scopes), word) != std::end(scopes) ||
         std::find(kinds.begin(), kinds.end(), word) != kinds.end();
}

}  // namespace

StateSettings Machine::state_settings(const Interface& interface) {
  StateSettings made;
  if (!configuration.state) return made;
  made.block = configuration.state->block;
  for (const auto& setting : configuration.state->settings) {
    const auto* declared = interface.find(setting.name);
    if (declared == nullptr) {
      diagnostics
          .error(Code::unknown_attribute, setting.name_span(), fmt::format("`state` has no setting `{}`", setting.name))
          .with_help(did_you_mean(setting.name, interface.names()));
      continue;
    }
    std::string reads;
    Span place;
    const auto look = [&](const ast::Expression& expression) {
      Mentions mentions;
      mentions.word = [&](std::string_view word) {
        if (needs_state(configuration, word)) reads = word, place = expression.span;
      };
      walk(expression, mentions);
    };
    for (const auto* part : setting.parts) {
      for (const auto& key : part->key.parts) {
        if (key.computed) look(*key.computed);
      }
      look(part->value);
      if (part->condition) look(*part->condition);
    }
    if (!reads.empty()) {
      diagnostics
          .error(Code::not_known_yet, place,
                 fmt::format("`{}` of `state` reads `{}`, and the state is read before that is known", setting.name,
                             reads))
          .with_help("constants, variables, `environment.name`, `env(…)` and `file(…)` can stand here");
      continue;
    }
    auto frame = frame_of(*root, nullptr);
    frame.wanted = &declared->type;
    const auto value = fit(evaluate_setting(setting, frame), declared->type, setting.value_span(), setting.name);
    made.places.emplace(setting.name, setting.value_span());
    if (!value.is_null() && !value.is_poison()) made.settings.set(setting.name, value);
  }
  return made;
}

}  // namespace nmx
