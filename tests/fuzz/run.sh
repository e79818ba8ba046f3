#!/usr/bin/env bash
# Builds the fuzzers and lets each run for a while, beginning with the kept corpus. Stops at the first crash, hang, broken promise or
# sanitizer's report, and leaves the input in build/fuzz/found. Usage: run.sh [SECONDS EACH]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-15}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz

found=build/fuzz/found
mkdir -p "$found"
for target in parse format evaluate json functions; do
  work=build/fuzz/corpus/$target
  rm -rf "$work"
  mkdir -p "$work"
  # One input a line, in base64.
  number=0
  while IFS= read -r line; do
    number=$((number + 1))
    base64 -d <<<"$line" >"$work/kept-$number"
  done <"tests/fuzz/corpus/$target.txt"
  # Texts that are all mistakes take long to tell, so they are kept short.
  "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -max_len=400 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/$target-" "$work" 2>&1 | tail -n 8
done
