#include "planner/runtime/curl_env.hpp"
#include "planner/runtime/gather.hpp"

namespace nmx {
namespace {

Result<ChildResult> run(ChildCommand command) {
  CurlEnv env;
  return env.drive(env.run(std::move(command)));
}

ChildCommand shell(const std::string& line) {
  ChildCommand command;
  command.arguments = {"/bin/sh", "-c", line};
  return command;
}

TEST(Child, gives_output_errors_and_exit_code) {
  const auto result = run(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(result->exit_code, 3);
}

TEST(Child, reads_its_input_however_long) {
  auto command = shell("wc -c");
  command.input = std::string(3'000'000, 'x');
  const auto result = run(command);
  ASSERT_TRUE(result);
  EXPECT_EQ(std::stoi(result->output), 3'000'000);
}

TEST(Child, that_does_not_read_its_input_ends_well) {
  auto command = shell("exit 0");
  command.input = std::string(3'000'000, 'x');
  const auto result = run(command);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exit_code, 0);
}

TEST(Child, gets_folder_and_environment) {
  auto command = shell("pwd; echo $NMX_CHILD");
  command.directory = "/";
  command.environment = {{"NMX_CHILD", "yes"}};
  EXPECT_EQ(run(command)->output, "/\nyes\n");
}

TEST(Child, killed_by_a_signal_is_told_as_shells_do) { EXPECT_EQ(run(shell("kill -9 $$"))->exit_code, 137); }

TEST(Child, that_cannot_start_is_an_error) {
  ChildCommand command;
  command.arguments = {"/no/such/program"};
  const auto result = run(command);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "cannot start `/no/such/program`: No such file or directory");
}

TEST(Child, is_stopped_after_its_timeout) {
  auto command = shell("sleep 1000");
  command.timeout = Milliseconds{50};
  const auto result = run(command);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("took longer"), std::string::npos);
}

Task<int> side_by_side(Env* env) {
  std::vector<Task<Result<ChildResult>>> tasks;
  for (int i = 0; i < 32; ++i) tasks.push_back(env->run(shell("echo x")));
  auto all = gather(std::move(tasks));
  const auto results = co_await all;
  int good = 0;
  for (const auto& result : results) good += result && result->output == "x\n" ? 1 : 0;
  co_return good;
}

TEST(Child, many_run_side_by_side) {
  CurlEnv env;
  EXPECT_EQ(env.drive(side_by_side(&env)), 32);
}

}  // namespace
}  // namespace nmx
