# A small server that is reached by SSH keys and keeps itself tidy. What differs from host to host is not here: nmx writes it.
{ lib, ... }:

{
  # The release whose defaults for data on disk hold. It stays when nixpkgs moves on.
  system.stateVersion = lib.mkDefault "25.11";

  services.openssh = {
    enable = true;
    settings = {
      KbdInteractiveAuthentication = false;
      PasswordAuthentication = false;
      PermitRootLogin = "prohibit-password";
    };
    # The one key that nmx knows and that secrets are encrypted for. A second one would be trusted by nobody.
    hostKeys = [
      {
        type = "ed25519";
        path = "/etc/ssh/ssh_host_ed25519_key";
      }
    ];
    # The operators' keys: Proxmox writes them when it makes the container.
    authorizedKeysInHomedir = true;
  };

  nix = {
    channel.enable = false;
    settings = {
      auto-optimise-store = lib.mkDefault true;
      experimental-features = [
        "flakes"
        "nix-command"
      ];
    };
    # The way back to former systems stays open for a month.
    gc = {
      automatic = lib.mkDefault true;
      dates = lib.mkDefault "weekly";
      options = lib.mkDefault "--delete-older-than 30d";
      randomizedDelaySec = lib.mkDefault "6h"; # not all containers of a node at once
    };
  };

  services.journald.extraConfig = "SystemMaxUse=256M";

  documentation.enable = lib.mkDefault false;
  programs.command-not-found.enable = lib.mkDefault false;
}
