#!/bin/sh
# stand-in.sh FLAKE.NIX: makes a site's flake, as `nmx init` wrote it, take the stand-ins of the tests for nixpkgs and the other inputs, so
# that nothing is downloaded. They know options by name and type; what they build can be switched to, and contains no program.
set -eu
stand_in=$(cd "$(dirname "$0")/stand-in" && pwd)
sed -i "s|nixpkgs.url = .*|nixpkgs.url = \"path:$stand_in/nixpkgs\";|" "$1"
for input in sops-nix authentik-nix simple-nixos-mailserver; do
  sed -i "s|^    nmx.inputs.nixpkgs.follows.*|&\n    nmx.inputs.$input.url = \"path:$stand_in/$input\";|" "$1"
done
