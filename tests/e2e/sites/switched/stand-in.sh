# stand-in.sh SOURCES: makes the flake's inputs nmx's own flake and the stand-ins of the tests, so that nothing is downloaded.
cp "$1/flake/template/flake.nix" .
sed -i -E "s|(nixpkgs.url = ).*;|\1\"path:$1/tests/flake/stand-in/nixpkgs\";|; s|nmx.url = .*|nmx.url = \"path:$1/flake\";|" flake.nix
for input in sops-nix authentik-nix simple-nixos-mailserver; do
  sed -i "s|^    nmx.inputs.nixpkgs.follows.*|&\n    nmx.inputs.$input.url = \"path:$1/tests/flake/stand-in/$input\";|" flake.nix
done
