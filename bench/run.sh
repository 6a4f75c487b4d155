#!/usr/bin/env bash
# Builds the benchmarks optimised, runs them, and prints their tables. ./bench/run.sh [MACHINES of the whole-fleet part]
# `./bench/run.sh peers` prints only the table with other simulators.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh
install_packages "${build_packages[@]}" "${bench_packages[@]}"
cmake --preset bench >/dev/null

# Other simulators, as far as they can be had here; peers.py names those that are left out.
peers() {
  cmake --build --preset bench --target vme vme_bench_ask -- --quiet
  mkdir -p build/bench/peers
  cp bench/peers/package*.json build/bench/peers/
  if ! (cd build/bench/peers && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1); then
    echo "npm could not install mountebank: $(tail -1 build/bench/peers/npm.log)" >&2
  fi
  python3 bench/peers.py build/bench
}

if [ "${1:-}" != peers ]; then
  cmake --build --preset bench --target vme_bench_micro vme_bench_whole vme_bench_heci
  build/bench/vme_bench_micro --benchmark_min_time=0.2
  echo
  build/bench/vme_bench_whole "${1:-400}"
  echo
  build/bench/vme_bench_heci
  echo
fi
peers
