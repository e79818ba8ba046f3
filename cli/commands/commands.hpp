#pragma once

#include "cli/command.hpp"

namespace nmx {

// One function a verb, listed in app.cpp; verbs that do much the same share a file.
Command apply_command();
Command backup_check_command();
Command backup_list_command();
Command backup_restore_command();
Command backup_run_command();
Command backup_verify_command();
Command catalog_command();
Command console_command();
Command destroy_command();
Command doctor_command();
Command exec_command();
Command explain_command();
Command export_blueprint_command();
Command fmt_command();
Command graph_command();
Command history_command();
Command init_command();
Command lab_command();
Command logs_command();
Command output_command();
Command plan_command();
Command rollback_command();
Command secrets_list_command();
Command secrets_rotate_command();
Command secrets_set_command();
Command restart_command();
Command schema_command();
Command shell_command();
Command show_command();
Command snapshot_command();
Command snapshots_command();
Command start_command();
Command state_list_command();
Command state_migrate_command();
Command state_move_command();
Command state_pull_command();
Command state_push_command();
Command state_rekey_command();
Command state_remove_command();
Command state_show_command();
Command state_undo_command();
Command state_unlock_command();
Command stop_command();
Command upgrade_command();
Command validate_command();
Command version_command();
Command vzdump_command();
Command why_command();

}  // namespace nmx
