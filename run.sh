#!/usr/bin/env bash
# Builds vme and provisions the fleet of scenarios/quickstart.yaml. Further arguments go to `vme run`.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/docker/packages.sh"

install_packages "${build_packages[@]}"
if [ ! -f "$root/build/release/build.ninja" ]; then
  cmake --preset release -S "$root" >/dev/null
fi
cmake --build "$root/build/release" --target vme -- --quiet
exec "$root/build/release/vme" run "$root/scenarios/quickstart.yaml" "$@"
