# Sourced by tools/test and tools/demo: what they install, and how they set up a build folder.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

debian=$(. /etc/os-release && echo "${VERSION_ID:-}")

# Debian 12's plain libboost-dev is 1.74 and too old; later releases have a newer one.
boost_package=libboost-dev
if [ "$debian" = 12 ]; then
  boost_package=libboost1.81-dev
fi

library_packages=(g++ meson ninja-build pkg-config "$boost_package" libcereal-dev
  libspdlog-dev libsqlite3-dev libssl-dev libtomlplusplus-dev)
demo_packages=("${library_packages[@]}" libcli11-dev)
# cmake only finds packages here: doctest and rapidcheck ship no pkg-config file.
test_packages=("${demo_packages[@]}" cmake doctest-dev iproute2 librapidcheck-dev
  libbenchmark-dev libpq-dev nftables openssl postgresql)

# Debian's own, whatever another Python put in front of it.
meson=/usr/bin/meson

# A precompiled header keeps ccache from storing anything unless it is told so.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}

# install_missing PACKAGE...: asks apt only for what is not there, so a second run needs no right.
install_missing() {
  local missing=() package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  if [ ${#missing[@]} -eq 0 ]; then
    return
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -v; then
      echo "Some packages are missing, and installing them takes root or sudo. As root:" >&2
      echo "apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 2
    fi
    as_root=(sudo)
  fi
  echo "-- installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq -o Acquire::Retries=3
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq -o Acquire::Retries=3 --no-install-recommends "${missing[@]}"
}

# use_compiler COMPILER: for the folders configured next, through ccache where there is one.
use_compiler() {
  export CXX=$1
  if command -v ccache >/dev/null; then
    CXX="ccache $1"
  fi
}

# configure BUILD OPTION...: sets the folder up, and again only where the options have changed.
configure() {
  local build=$1
  shift
  if [ ! -f "$build/build.ninja" ]; then
    rm -rf "$build"
    "$meson" setup "$build" "$root" "$@"
  elif [ "$(cat "$build/casty_options" 2>/dev/null)" != "$*" ]; then
    "$meson" setup --reconfigure "$build" "$root" "$@"
  fi
  echo "$*" >"$build/casty_options"
}
