#!/usr/bin/env bash
# Time and memory of plan, apply and a second plan on N small objects, beside Terraform's on the same shape where terraform is installed.
# Usage: tests/bench/run.sh [SHAPE [N …]], by default layered 100 1000 10000. Figures, never a test.
set -euo pipefail
cd "$(dirname "$0")/../.."
nmx=$PWD/build/release/bin/nmx
[ -x "$nmx" ] || { echo "build the release first: cmake --workflow --preset release" >&2; exit 1; }
[ -x /usr/bin/time ] || { echo "needs GNU time (package time)" >&2; exit 1; }
shape=${1:-layered}
shift || true
[ $# -gt 0 ] || set -- 100 1000 10000

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work

# measure LABEL COMMAND…: CPU seconds of the whole process, seconds on the wall, and the most memory it held.
measure() {
  local label=$1
  shift
  if /usr/bin/time -q -f '%U %S %e %M' -o "$work/figures" "$@" >"$work/out" 2>&1; then
    awk -v label="$label" '{ printf "  %-24s %8.3f s CPU  %8.3f s  %8.1f MB\n", label, $1 + $2, $3, $4 / 1024 }' "$work/figures"
  else
    printf '  %-24s failed: %s\n' "$label" "$(tail -n 1 "$work/out")"
  fi
}

for count in "$@"; do
  printf '%s %s\n' "$shape" "$count"
  site=$work/nmx-$count
  mkdir -p "$site"
  tests/bench/shape.sh nmx "$shape" "$count" >"$site/site.nmx"
  measure "nmx plan" "$nmx" -C "$site" plan
  measure "nmx apply" "$nmx" -C "$site" apply -auto-approve
  measure "nmx plan, no changes" "$nmx" -C "$site" plan
  if command -v terraform >/dev/null; then
    site=$work/terraform-$count
    mkdir -p "$site"
    tests/bench/shape.sh terraform "$shape" "$count" >"$site/main.tf"
    terraform -chdir="$site" init -no-color >/dev/null
    measure "terraform plan" terraform -chdir="$site" plan -no-color
    measure "terraform apply" terraform -chdir="$site" apply -no-color -auto-approve
    measure "terraform plan, no changes" terraform -chdir="$site" plan -no-color
  fi
done
