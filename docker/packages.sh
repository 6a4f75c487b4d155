# The Debian packages that VirtualME needs, in one place. Sourced by run.sh and test.sh.

# To build and run vme.
build_packages=(g++ cmake ninja-build ccache mold libboost1.81-dev libboost-json1.81-dev libssl-dev libpugixml-dev
  libyaml-cpp-dev libcli11-dev libfmt-dev libspdlog-dev libsqlite3-dev libseccomp-dev)
# To make the Debian package of it.
package_packages=(dpkg-dev file)
# To test it: GoogleTest, clang for sanitizers and fuzzing, and the programs that judge it.
test_packages=(libgtest-dev libgmock-dev clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev amtterm
  libsoap-lite-perl curl openssl python3 iproute2 man-db python3-yaml python3-jsonschema golang-go tshark libxml2-utils
  chromium)
command -v npm >/dev/null || test_packages+=(nodejs npm)  # of another source they do as well
# To build its image and run that.
container_packages=(buildah debootstrap iproute2)
# To measure it.
bench_packages=(libbenchmark-dev openipmi python3)

# install_packages NAME...: installs those that are missing. Without root it names the command to run and ends with 3.
install_packages() {
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "Debian packages: ${missing[*]} not installed. run:" \
      "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${missing[*]}'" >&2
    exit 3
  fi
  echo "installing ${missing[*]}" >&2
  local log
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "apt-get: could not install ${missing[*]}. mend what it says above, then start again" >&2
    exit 3
  fi
  rm -f "$log"
}
