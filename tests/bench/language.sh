#!/usr/bin/env bash
# The figures of docs/performance.md for the language: CPU seconds of one core, a process for each line.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release -DNMX_BENCH=ON >/dev/null
cmake --build --preset release --target nmx_bench_language >/dev/null
bench=build/release/bin/nmx_bench_language
for what in parse format check resources instances; do "$bench" "$what" 100000; done
