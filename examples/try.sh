#!/usr/bin/env bash
# From a fresh clone to running containers: installs what is missing, builds nmx, starts the built-in lab (a Proxmox cluster on loopback) and
# runs plan, apply and plan again on an example. Usage: examples/try.sh [EXAMPLE], by default 01-first-container.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. tests/packages.sh
install_packages "${build_packages[@]}"

cmake --preset release >/dev/null
cmake --build --preset release

work=$(mktemp -d)
lab=
finish() {
  [ -z "$lab" ] || kill "$lab" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
cp -r "examples/${1:-01-first-container}/." "$work/site"
export PATH="$PWD/build/release/bin:$PATH" HOME="$work"

nmx lab -folder "$work/lab" -port 0 -speed 10 >"$work/lab.env" 2>"$work/lab.log" &
lab=$!
until grep -q '^export PROXMOX_ENDPOINT=' "$work/lab.env"; do
  kill -0 "$lab" 2>/dev/null || { cat "$work/lab.log" >&2; exit 1; }
  sleep 0.1
done
. "$work/lab.env"

cd "$work/site"
machines=
if grep -q '^provider nix' site.nmx; then
  machines=$(sed -n -E 's/^service unbound .*container\.([a-z]+).*/\1/p' site.nmx)
  machines=${machines:-unbound}
  install_packages caddy git nix-bin openssh-client openssh-server unbound
  # Debian's Nix without its daemon; nixpkgs and the other inputs are stand-ins, so that nothing is downloaded.
  export NIX_CONFIG=$'experimental-features = nix-command flakes\nsubstituters =\nsandbox = false\nbuild-users-group =\nflake-registry ='
  ssh-keygen -q -t ed25519 -N '' -C "$(id -un)" -f operator
  nmx init -flake
  "$root/tests/flake/stand-in.sh" flake.nix
fi
steps=("nmx plan" "nmx apply -auto-approve" "nmx plan")
[ -z "$machines" ] || steps+=("nmx exec $machines -identity operator -- readlink -f /run/current-system")
for step in "${steps[@]}"; do
  printf '\n$ %s\n' "$step"
  $step
done
