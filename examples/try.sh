#!/usr/bin/env bash
# From a fresh clone to running containers: installs what is missing, builds nmx, starts the built-in lab (a Proxmox cluster on loopback) and
# runs plan, apply and plan again on an example. Usage: examples/try.sh [EXAMPLE], by default 01-first-container.
set -euo pipefail
cd "$(dirname "$0")/.."
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
for step in "nmx plan" "nmx apply -auto-approve" "nmx plan"; do
  printf '\n$ %s\n' "$step"
  $step
done
