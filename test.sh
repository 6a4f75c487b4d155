#!/usr/bin/env bash
# Builds and runs the tests, and sums up. Ends with 0 when all passed.
#   ./test.sh               format, unit, architecture and acceptance tests, run.sh, then under sanitizers, then fuzzing
#   ./test.sh --quick       without sanitizers and fuzzing
#   ./test.sh --sanitizers  only under sanitizers, and fuzzing
#   ./test.sh --tidy        clang-tidy over the whole tree, nothing else
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root" || exit 3
. docker/packages.sh

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "$root/test.sh"
}

mode=${1:-all}
case "$mode" in
  all | --quick | --sanitizers | --tidy) ;;
  --help | -h) usage; exit 0 ;;
  *) echo "$mode: unknown option. see ./test.sh --help" >&2; exit 2 ;;
esac

jobs=$(nproc)
summary=()
failed=0

# step NAME COMMAND...: runs it, notes how it ended and how long it took.
step() {
  local name=$1 begin=$SECONDS status=passed
  shift
  echo "== $name"
  "$@" || { status=FAILED; failed=1; }
  summary+=("$(printf '%-28s %-7s %4d s   %s' "$name" "$status" $((SECONDS - begin)) "${note:-}")")
  note=
  [ "$status" = passed ]
}

check_format() {
  local files
  mapfile -t files < <(find emulator tests bench -type f -name '*.cpp' -o -name '*.hpp')
  clang-format-19 --dry-run -Werror "${files[@]}"
}

# build PRESET NINJA-ARGUMENT...
build() {
  local preset=$1
  shift
  grep -qs '^VME_TESTS:.*=ON$' "build/$preset/CMakeCache.txt" || cmake --preset "$preset" -DVME_TESTS=ON >/dev/null ||
    return 1
  ninja -C "build/$preset" --quiet "$@"
}

# The MeshCentral whose files and server judge ours, of the version that the lock file pins.
install_meshcentral() {
  local to=build/meshcentral from=scenarios/meshcentral
  mkdir -p "$to" && cmp -s "$from/package-lock.json" "$to/installed-lock.json" && return 0
  cp "$from/package.json" "$from/package-lock.json" "$to/" && rm -f "$to/installed-lock.json" &&
    npm ci --omit=optional --no-audit --no-fund --silent --prefix "$to" &&
    cp "$from/package-lock.json" "$to/installed-lock.json"
}

# run_ctest PRESET ARGUMENT...: the tests of a preset; what ran goes into the note. The time limit is for a test that
# hangs: a busy computer takes four times as long as an idle one.
run_ctest() {
  local preset=$1 log status
  shift
  log=$(mktemp)
  ctest --test-dir "build/$preset" --parallel $((2 * jobs)) --timeout 1200 --output-on-failure --no-tests=error "$@" 2>&1 |
    tee "$log" | grep -v -E '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test +#.* Passed )'
  status=${PIPESTATUS[0]}
  note=$(awk '/tests passed, .* tests failed out of/ { total = $NF; bad = $4 }
              /\(Skipped\)$/ { skipped++ }
              /^\[  PASSED  \]/ { cases += $4 }
              END { printf "%d ran, %d failed, %d skipped", total - skipped, bad, skipped
                    if (cases) printf "; %d unit tests passed", cases }' "$log" "build/$preset/Testing/Temporary/LastTest.log")
  rm -f "$log"
  return "$status"
}

finish() {
  printf '\n%s\n' "== summary"
  printf '%s\n' "${summary[@]}"
  printf 'total %d s: %s\n' "$SECONDS" "$([ $failed -eq 0 ] && echo passed || echo FAILED)"
  exit $failed
}

install_packages "${build_packages[@]}" "${test_packages[@]}" "${package_packages[@]}"
(install_packages "${container_packages[@]}") || echo "the container test is skipped without them" >&2
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
SECONDS=0

if [ "$mode" = --tidy ]; then
  step "clang-tidy" build tidy -k 0  # every finding, not the first alone
  finish
fi
install_meshcentral || echo "test.sh: npm could not install MeshCentral; the tests that need it are skipped" >&2
if [ "$mode" != --sanitizers ]; then
  step "format" check_format
  step "build release" build release && step "tests" run_ctest release
fi
if [ "$mode" = all ]; then
  step "run.sh" ./run.sh --machines 100
fi
if [ "$mode" != --quick ]; then
  if step "build asan" build asan; then
    step "tests under asan, ubsan" run_ctest asan -LE fuzz
    step "fuzzing, 20 s each" run_ctest asan -L fuzz
  fi
fi
finish
