#include <gtest/gtest.h>

#include <sstream>

#include "cli/app.hpp"
#include "cli/arguments.hpp"
#include "cli/command_line.hpp"
#include "cli/commands/commands.hpp"

namespace nmx::test {
namespace {

struct Said {
  int exit_code;
  std::string out, err;
};

Said say(const std::vector<std::string>& arguments) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = run(arguments, Streams{in, out, err});
  return {exit_code, out.str(), err.str()};
}

using Words = std::vector<std::string>;

TEST(Arguments, take_long_options_with_one_dash) {
  EXPECT_EQ(with_two_dashes({"plan", "-out", "f", "-var=x=1", "--json"}, commands()),
            (Words{"plan", "--out", "f", "--var=x=1", "--json"}));
}

TEST(Arguments, leave_alone_what_no_command_knows_and_what_follows_two_dashes) {
  EXPECT_EQ(with_two_dashes({"fmt", "-x", "-unknown", "--", "-check"}, commands()),
            (Words{"fmt", "-x", "-unknown", "--", "-check"}));
}

TEST(Arguments, suggest_the_command_that_was_meant) {
  const auto said = say({"paln"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.err, "error: nmx has no command `paln`\n  help: did you mean `plan`?\n");
}

TEST(Arguments, refuse_an_option_that_a_command_does_not_have) {
  const auto said = say({"version", "-out", "x"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_NE(said.err.find("`nmx version -help` shows what it takes"), std::string::npos) << said.err;
}

TEST(Arguments, leave_the_word_after_an_options_value_to_the_command) {
  for (const auto& command : commands()) {
    if (command.positionals.empty()) continue;
    const auto& positional = command.positionals.front();
    for (const auto& option : command.options) {
      if (option.value.empty()) continue;
      Words words;
      std::istringstream names(command.name);
      for (std::string name; names >> name;) words.push_back(name);
      words.insert(words.end(), {"-" + option.name, "given", "word"});
      for (std::size_t more = 1; more < command.positionals.size(); ++more) {
        if (command.positionals[more].required) words.push_back("word");
      }
      const auto read = read_command_line(words, commands());
      const auto* invocation = std::get_if<Invocation>(&read);
      ASSERT_NE(invocation, nullptr) << command.name << " -" << option.name << ": " << std::get<Printed>(read).text;
      EXPECT_EQ(invocation->arguments.value(option.name), "given") << command.name << " -" << option.name;
      EXPECT_EQ(invocation->arguments.value(positional.name), "word") << command.name << " -" << option.name;
    }
  }
}

TEST(Arguments, refuse_an_option_without_its_value) { EXPECT_EQ(say({"plan", "-out"}).exit_code, 1); }

TEST(Arguments, name_the_parts_of_a_group_of_commands) {
  const auto said = say({"state"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_NE(said.err.find("state list"), std::string::npos);
  EXPECT_NE(said.err.find("state show"), std::string::npos);
}

TEST(Arguments, explain_every_command) {
  for (const auto& command : commands()) {
    Words words;
    std::istringstream names(command.name);
    for (std::string word; names >> word;) words.push_back(word);
    words.emplace_back("-help");
    const auto said = say(words);
    EXPECT_EQ(said.exit_code, 0) << command.name << said.err;
    EXPECT_EQ(said.out.rfind(command.summary, 0), 0u) << said.out;
  }
}

TEST(Arguments, a_folder_that_is_not_there_is_an_error) {
  const auto said = say({"-C", "/nonexistent", "validate"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.err, "error: there is no folder `/nonexistent`\n");
}

}  // namespace
}  // namespace nmx::test
