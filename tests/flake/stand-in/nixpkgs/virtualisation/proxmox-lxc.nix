{
  config,
  lib,
  pkgs,
  ...
}:

{
  options.proxmoxLXC = {
    manageNetwork = lib.mkOption {
      type = lib.types.bool;
      default = false;
    };
    manageHostName = lib.mkOption {
      type = lib.types.bool;
      default = false;
    };
  };

  config = {
    networking = lib.mkIf (!config.proxmoxLXC.manageNetwork) {
      useNetworkd = true;
      useHostResolvConf = false;
      hostName = lib.mkIf (!config.proxmoxLXC.manageHostName) (lib.mkForce "");
    };
    services.openssh.enable = lib.mkDefault true;
    services.openssh.startWhenNeeded = lib.mkDefault true;
    system.build.tarball = pkgs.write "tarball" "${config.system.build.toplevel}";
  };
}
