# What nmx asks a host with: is the service well?
{ pkgs, ... }:

{
  environment.systemPackages = [ (pkgs.writeShellScriptBin "nmx-check" (builtins.readFile ./check.sh)) ];
}
