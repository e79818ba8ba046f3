rec {
  base = ./base.nix;
  container = ./container.nix;
  check = ./check.nix;
  first-boot = ./first-boot.nix;
  firewall = ./firewall.nix;
  backup = ./backup.nix;
  monitoring = ./monitoring.nix;

  # What every container has. `secrets` is apart, because it needs sops-nix.
  default.imports = [
    base
    container
    check
    first-boot
    firewall
    backup
    monitoring
  ];
  secrets = ./secrets.nix;
}
