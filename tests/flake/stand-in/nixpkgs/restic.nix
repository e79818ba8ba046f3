# What NixOS makes of `services.restic.backups`: for each a unit, which is a script here that guests of the lab run, and `restic-<name>`, restic
# with the repository and the secrets of that one.
{ config, pkgs }:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    map
    ;
  inherit (config.services.restic) backups;

  optional = condition: line: if condition then [ line ] else [ ];
  lines = concatStringsSep "\n";
  words = concatStringsSep " ";

  settings =
    name: backup:
    lines (
      [ "set -a" ]
      ++ optional (backup.environmentFile != null) ". ${backup.environmentFile}"
      ++ optional (backup.repository != null) "RESTIC_REPOSITORY=${backup.repository}"
      ++ optional (backup.repositoryFile != null) "RESTIC_REPOSITORY_FILE=${backup.repositoryFile}"
      ++ optional (backup.rcloneConfigFile != null) "RCLONE_CONFIG=${backup.rcloneConfigFile}"
      ++ [
        "RESTIC_PASSWORD_FILE=${backup.passwordFile}"
        "RESTIC_CACHE_DIR=/var/cache/restic-backups-${name}"
        "set +a"
      ]
    );
  command = backup: words ([ "restic" ] ++ map (option: "-o ${option}") backup.extraOptions);

  # systemd runs each command after the one before went well, and the last one whatever came.
  unit =
    name: backup:
    pkgs.write "restic-backups-${name}" ''
      ${settings name backup}
      folder=/run/restic-backups-${name}
      mkdir -p "$folder" "$RESTIC_CACHE_DIR"
      (
      set -e
      ${lines (
        optional (
          backup.backupPrepareCommand != null
        ) "bash ${pkgs.write "prepare" backup.backupPrepareCommand}"
        ++ (
          if backup.paths == [ ] then
            [ ]
          else
            [
              "cat ${pkgs.write "paths" (lines backup.paths)} > $folder/includes"
              (words (
                [
                  (command backup)
                  "backup"
                ]
                ++ backup.extraBackupArgs
                ++ optional (backup.exclude != [ ]) "--exclude-file=${pkgs.write "exclude" (lines backup.exclude)}"
                ++ [ "--files-from=$folder/includes" ]
              ))
            ]
        )
        ++ optional backup.runCheck (
          words (
            [
              (command backup)
              "check"
            ]
            ++ backup.checkOpts
          )
        )
      )}
      )
      EXIT_STATUS=$?
      if [ $EXIT_STATUS -eq 0 ]; then SERVICE_RESULT=success; else SERVICE_RESULT=exit-code; fi
      export SERVICE_RESULT EXIT_STATUS
      ${lines (
        optional (
          backup.backupCleanupCommand != null
        ) "bash ${pkgs.write "cleanup" backup.backupCleanupCommand}"
      )}
      rm -rf "$folder"
      exit $EXIT_STATUS
    '';

  wrapper =
    name:
    pkgs.writeShellScriptBin "restic-${name}" ''
      ${settings name backups.${name}}
      exec ${command backups.${name}} "$@"
    '';
in
{
  plays = map (name: "job restic-backups-${name}.service ${unit name backups.${name}}") (
    attrNames backups
  );
  programs = map wrapper (attrNames backups);
}
