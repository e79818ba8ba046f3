# Nothing is open but what a host's file opens, SSH included: nmx writes the openings of the site as `networking.firewall.extraInputRules`.
{ lib, ... }:

{
  # Else SSH is open to everybody, beside its opening.
  services.openssh.openFirewall = lib.mkDefault false;

  # The kernel's log is the node's: what a container's firewall says is lost.
  networking.firewall.logRefusedConnections = lib.mkDefault false;
}
