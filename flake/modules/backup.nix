# What backups of services need beside restic: dumps before, restores after, and what is known of each run (see backup.sh and restore.sh). What is backed up,
# and when, is in the host's file.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (config.services) mysql postgresql restic;

  tools = [
    pkgs.sqlite
    pkgs.util-linux
  ]
  ++ lib.optional postgresql.enable postgresql.package
  ++ lib.optional mysql.enable mysql.package;
in
{
  environment.systemPackages = lib.mkIf (restic.backups != { }) [
    (pkgs.writeShellScriptBin "nmx-backup" ''
      PATH=${lib.makeBinPath tools}:$PATH:/run/current-system/sw/bin
      ${builtins.readFile ./restore.sh}
      ${builtins.readFile ./backup.sh}
    '')
  ];

  # Backups give way to everything else that runs.
  systemd.services = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "restic-backups-${name}" {
      serviceConfig = {
        Nice = lib.mkDefault 19;
        IOSchedulingClass = lib.mkDefault "idle";
      };
    }
  ) restic.backups;
}
