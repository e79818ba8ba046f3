# Backups give way to everything else that runs. What is backed up, and when, is in the host's file.
{ config, lib, ... }:

{
  systemd.services = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "restic-backups-${name}" {
      serviceConfig = {
        Nice = lib.mkDefault 19;
        IOSchedulingClass = lib.mkDefault "idle";
      };
    }
  ) config.services.restic.backups;
}
