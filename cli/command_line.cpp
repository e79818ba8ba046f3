#include "cli/command_line.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>

#include "cli/arguments.hpp"
#include "lang/diagnostics/suggest.hpp"

namespace nmx {
namespace {

/// One command as CLI11 sees it. Values land in `values`, flags in `flags`, by the option's name.
struct Bound {
  const Command* command;
  CLI::App* app;
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> flags;
};

std::string dashed(const std::string& name) { return name.size() == 1 ? "-" + name : "--" + name; }

void bind_option(Bound& bound, const Option& option) {
  const auto names = option.name == "help" ? std::string("-h,--help") : dashed(option.name);
  if (option.value.empty()) {
    bound.app->add_flag(names, bound.flags[option.name], option.doc);
    return;
  }
  auto* made = bound.app->add_option(names, bound.values[option.name], option.doc);
  made->type_name(option.value)->expected(1)->take_all();
  // Else it also takes the words after its value, and a plan file among them.
  made->allow_extra_args(false);
}

void bind(Bound& bound) {
  bound.app->set_help_flag();
  for (const auto& option : common_options()) bind_option(bound, option);
  for (const auto& option : bound.command->options) bind_option(bound, option);
  for (const auto& positional : bound.command->positionals) {
    auto* made = bound.app->add_option(positional.name, bound.values[positional.name], positional.doc);
    made->type_name("")->expected(positional.required ? 1 : 0, positional.repeated ? -1 : 1);
    if (positional.required) made->required();
    // Else the first one takes all words there are, and the next has none.
    if (positional.required && !positional.repeated) made->allow_extra_args(false);
  }
}

Arguments given(const Bound& bound) {
  Arguments arguments;
  for (const auto& [name, values] : bound.values) {
    if (!values.empty()) arguments.given[name] = values;
  }
  for (const auto& [name, set] : bound.flags) {
    if (set) arguments.given[name] = {};
  }
  return arguments;
}

std::string usage(const Command& command) {
  std::string text = "nmx " + command.name;
  if (!command.options.empty()) text += " [OPTIONS]";
  for (const auto& positional : command.positionals) {
    const auto name = positional.name + (positional.repeated ? "…" : "");
    text += positional.required ? " " + name : " [" + name + "]";
  }
  return text;
}

std::string row(const std::string& left, const std::string& right) {
  constexpr std::size_t column = 26;
  if (left.size() + 2 > column) return fmt::format("  {}\n  {:{}}{}\n", left, "", column, right);
  return fmt::format("  {:{}}{}\n", left, column, right);
}

std::string help_of(const Command& command) {
  std::string text = fmt::format("{}\n\nusage: {}\n", command.summary, usage(command));
  if (!command.positionals.empty()) text += "\n";
  for (const auto& positional : command.positionals) text += row(positional.name, positional.doc);
  text += "\n";
  for (const auto* options : {&command.options, &common_options()}) {
    for (const auto& option : *options) {
      text += row("-" + option.name + (option.value.empty() ? "" : " " + option.value), option.doc);
    }
  }
  return text;
}

std::string help_of_all(const std::vector<Command>& commands) {
  std::string text = "nmx plans and applies a site of NixOS containers on Proxmox.\n\nusage: nmx COMMAND [OPTIONS]\n\n";
  for (const auto& command : commands) text += row(command.name, command.summary);
  return text + "\n`nmx COMMAND -help` tells more about one.\n";
}

Printed wrong_usage(std::string message, const std::string& help) {
  return {Exit::error, fmt::format("error: {}\n{}", message, help.empty() ? "" : "  help: " + help + "\n")};
}

/// CLI11's own sentences start with a capital and may hold several lines; ours do not.
std::string lowered(std::string message) {
  while (!message.empty() && (message.back() == '\n' || message.back() == '.')) message.pop_back();
  const auto second_is_lower = message.size() > 1 && message[1] >= 'a' && message[1] <= 'z';
  if (second_is_lower && message[0] >= 'A' && message[0] <= 'Z') message[0] = static_cast<char>(message[0] - 'A' + 'a');
  return message;
}

/// The command that the first words name, and how many words that takes.
std::pair<const Command*, std::size_t> named(const std::vector<std::string>& words,
                                             const std::vector<Command>& commands) {
  const Command* found = nullptr;
  std::size_t taken = 0;
  for (const auto& command : commands) {
    const auto space = command.name.find(' ');
    const auto first = command.name.substr(0, space);
    const auto second = space == std::string::npos ? std::string() : command.name.substr(space + 1);
    if (words.empty() || words[0] != first) continue;
    if (second.empty() && taken < 1) found = &command, taken = 1;
    if (!second.empty() && words.size() > 1 && words[1] == second) found = &command, taken = 2;
  }
  return {found, taken};
}

Printed unknown_command(const std::vector<std::string>& words, const std::vector<Command>& commands) {
  std::vector<std::string> names;
  bool is_group = false;
  for (const auto& command : commands) {
    names.push_back(command.name);
    is_group = is_group || command.name.rfind(words[0] + " ", 0) == 0;
  }
  const bool asks = words.size() > 1 && (words[1] == "--help" || words[1] == "-h");
  if (is_group && (words.size() == 1 || asks)) {
    std::string text;
    for (const auto& command : commands) {
      if (command.name.rfind(words[0] + " ", 0) == 0) text += row(command.name, command.summary);
    }
    if (asks) return {Exit::done, fmt::format("usage: nmx {} COMMAND\n\n{}", words[0], text)};
    return {Exit::error, fmt::format("error: `nmx {}` wants to know what to do\n{}", words[0], text)};
  }
  const auto typed = is_group ? words[0] + " " + words[1] : words[0];
  auto help = did_you_mean(typed, names);
  return wrong_usage(fmt::format("nmx has no command `{}`", typed), help.empty() ? "`nmx -help` lists them all" : help);
}

}  // namespace

std::variant<Invocation, Printed> read_command_line(const std::vector<std::string>& arguments,
                                                    const std::vector<Command>& commands) {
  auto words = with_two_dashes(arguments, commands);
  std::vector<std::string> before;
  while (words.size() > 1 && words[0] == "-C") {
    before.insert(before.end(), words.begin(), words.begin() + 2);
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    return Printed{words.empty() ? Exit::error : Exit::done, help_of_all(commands)};
  }
  if (words[0] == "--version") words[0] = "version";
  const auto [command, taken] = named(words, commands);
  if (command == nullptr) return unknown_command(words, commands);

  CLI::App app;
  Bound bound{command, &app, {}, {}};
  bind(bound);
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(taken));
  words.insert(words.begin(), before.begin(), before.end());
  // What follows `--` belongs to the last positional as it is; CLI11 would look for options in it.
  std::vector<std::string> literal;
  const auto dashes = std::find(words.begin(), words.end(), "--");
  const bool takes_rest = !command->positionals.empty() && command->positionals.back().repeated;
  if (takes_rest && dashes != words.end()) {
    literal.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  std::reverse(words.begin(), words.end());  // CLI11 takes a vector from its end
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    if (bound.flags["help"]) return Printed{Exit::done, help_of(*command)};
    return wrong_usage(lowered(error.what()), fmt::format("`nmx {} -help` shows what it takes", command->name));
  }
  if (bound.flags["help"]) return Printed{Exit::done, help_of(*command)};
  if (!literal.empty()) {
    auto& rest = bound.values[command->positionals.back().name];
    rest.insert(rest.end(), literal.begin(), literal.end());
  }
  return Invocation{command, given(bound)};
}

}  // namespace nmx
