# A container on Proxmox, with either side in charge of its network:
#
# - Proxmox, the default: it writes the addresses that nmx gave the container to /etc/systemd/network at every start.
# - NixOS, with `proxmoxLXC.manageNetwork = true` in the host's local file: `networking` or `systemd.network` say the addresses there. They
#   win, for networkd takes the first file that matches, and NixOS's names (`40-eth0.network`) come before Proxmox's (`eth0.network`).
{
  config,
  lib,
  modulesPath,
  ...
}:

{
  imports = [ "${modulesPath}/virtualisation/proxmox-lxc.nix" ];

  proxmoxLXC = {
    manageNetwork = lib.mkDefault false;
    # Services ask the configuration for the host's name; without this it has none.
    manageHostName = lib.mkDefault true;
  };

  networking = lib.mkIf config.proxmoxLXC.manageNetwork {
    useNetworkd = true;
    useHostResolvConf = false; # there is no file of the node's to take
  };

  # One sshd that runs: a check of the host then says whether it can be reached, and it starts after its host key is there.
  services.openssh.startWhenNeeded = false;

  # An unprivileged container may not make the namespaces that builds would be shut into.
  nix.settings.sandbox = lib.mkDefault false;
}
