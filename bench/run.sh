#!/usr/bin/env bash
# Builds the benchmarks optimised, runs them, and prints their tables. ./bench/run.sh [MACHINES of the whole-fleet part]
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset bench >/dev/null
cmake --build --preset bench --target vme_bench_micro vme_bench_whole
build/bench/vme_bench_micro --benchmark_min_time=0.2
echo
build/bench/vme_bench_whole "${1:-400}"
