#!/usr/bin/env bash
# Installs what is missing, builds nmx twice (with sanitizers for all tests, released for the end-to-end tests and the simulation), runs
# the five fuzzers for a quarter of a minute each, and every test. NMX_ACCEPT=1 rewrites the golden files instead of comparing.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/packages.sh
install_packages "${build_packages[@]}" "${test_packages[@]}"

git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror
tests/layers.sh
# Where there is npm, others' implementations of age and SOPS are asked too.
! command -v npm >/dev/null || npm ci --prefix tests/interop --no-audit --no-fund

cmake --preset asan >/dev/null
cmake --build --preset asan
cmake --preset release -DNMX_TESTS=system >/dev/null
cmake --build --preset release

tests/fuzz/run.sh 15

ctest --test-dir build/release -j "$(nproc)" --output-on-failure
ctest --test-dir build/asan -j "$(nproc)" --output-on-failure
