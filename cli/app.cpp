#include "cli/app.hpp"

#include <ostream>

#include "cli/command_line.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "lang/diagnostics/visible.hpp"

namespace nmx {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      // A row a command.
      // clang-format off
      init_command(),
      validate_command(),
      fmt_command(),
      plan_command(),
      apply_command(),
      destroy_command(),
      show_command(),
      output_command(),
      graph_command(),
      catalog_command(),
      console_command(),
      doctor_command(),
      explain_command(),
      schema_command(),
      history_command(),
      state_list_command(),
      state_show_command(),
      state_unlock_command(),
      state_move_command(),
      state_remove_command(),
      state_pull_command(),
      state_push_command(),
      state_undo_command(),
      state_migrate_command(),
      state_rekey_command(),
      secrets_list_command(),
      secrets_set_command(),
      secrets_rotate_command(),
      backup_run_command(),
      backup_list_command(),
      backup_check_command(),
      backup_verify_command(),
      backup_restore_command(),
      lab_command(),
      export_blueprint_command(),
      shell_command(),
      exec_command(),
      logs_command(),
      start_command(),
      stop_command(),
      restart_command(),
      snapshot_command(),
      snapshots_command(),
      rollback_command(),
      vzdump_command(),
      upgrade_command(),
      why_command(),
      version_command(),
      // clang-format on
  };
  return table;
}

int run(const std::vector<std::string>& arguments, Streams streams) {
  const auto read = read_command_line(arguments, commands());
  if (const auto* printed = std::get_if<Printed>(&read)) {
    (printed->exit == Exit::done ? streams.out : streams.err) << printed->text;
    return static_cast<int>(printed->exit);
  }
  const auto& invocation = std::get<Invocation>(read);
  Context context{streams, invocation.arguments, invocation.arguments.value("C").value_or("."),
                  look_at_terminal(invocation.arguments)};
  std::error_code ignored;
  if (!std::filesystem::is_directory(context.folder, ignored)) {
    streams.err << "error: there is no folder `" << context.folder.string() << "`\n";
    return static_cast<int>(Exit::error);
  }
  auto exit = Exit::error;
  try {
    exit = invocation.command->run(context);
  } catch (const std::exception& error) {
    // Nobody foresaw it; what was done is in the journal all the same.
    streams.err << "error: " << visible(error.what()) << "\n  help: this is a mistake in nmx; please report it\n";
  }
  streams.out.flush();
  return static_cast<int>(exit);
}

}  // namespace nmx
