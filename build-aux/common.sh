# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the commands in build-aux/ share. They source it; it starts nothing by itself.
# Every command works from any current directory, and with spaces in the path of the tree.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What compiling and starting the application takes.
# shellcheck disable=SC2034
build_packages=(
  adwaita-icon-theme
  dconf-gsettings-backend
  desktop-file-utils
  gcc
  gettext
  libc6-dev
  libglib2.0-dev
  libgtk-4-dev
  libjson-glib-dev
  librsvg2-common
  libsoup-3.0-dev
  meson
  ninja-build
  pkg-config
)

# What making a Debian package takes besides.
# shellcheck disable=SC2034
deb_packages=(
  build-essential
  debhelper
  python3
)

# What building and running the tests for libFuzzer takes besides.
# shellcheck disable=SC2034
fuzz_packages=(
  clang-14
  libclang-rt-14-dev
  llvm-14
)

# The other balancers, which ours is measured beside and exchanges pools with. Most of them are
# services, and must not become ones here: they are unpacked, not installed.
# shellcheck disable=SC2034
balancers=(
  caddy
  haproxy
  liblua5.3-0
  libopentracing-c-wrapper0
  libopentracing1
  nginx
)

# Hostile clients, unpacked as well.
# shellcheck disable=SC2034
attackers=(
  slowhttptest
)

say ()
{
  printf '%s\n' "$*" >&2
}

die ()
{
  say "$@"
  exit 1
}

as_root ()
{
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    die "This needs to run as root: $*"
  fi
}

apt_install ()
{
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >&2
}

# apt_download DIRECTORY PACKAGE...
apt_download ()
{
  (cd "$1" && apt-get download -q -o APT::Sandbox::User=root "${@:2}" >&2)
}

# need_packages PACKAGE...: installs those that are missing, and says which.
need_packages ()
{
  local -A installed=()
  local -a missing=()
  local package

  command -v dpkg-query > /dev/null ||
    { say "This is no Debian system: install yourself what is missing."; return; }

  while read -r package; do
    installed[$package]=1
  done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2> /dev/null |
             sed -n 's/^installed //p')

  for package; do
    [[ -n ${installed[$package]:-} ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0

  say "Installing the Debian packages that are missing: ${missing[*]}"
  if ! apt_install "${missing[@]}"; then
    say "Updating the lists of packages, and trying again."
    as_root apt-get update >&2
    apt_install "${missing[@]}"
  fi
}

# unpack_packages DIRECTORY PACKAGE...: downloads those that are missing there, and unpacks them
# without installing them, so that no service is set up and nothing outside of DIRECTORY changes.
unpack_packages ()
{
  local directory=$1
  local downloads package
  local -a missing=()
  shift

  command -v dpkg > /dev/null ||
    { say "This is no Debian system: install yourself what is missing."; return; }

  for package; do
    [[ -e $directory/unpacked/$package ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0

  say "Unpacking Debian packages into $directory, without installing them: ${missing[*]}"
  mkdir -p "$directory/unpacked"
  downloads=$(mktemp -d "$directory/XXXXXX")
  if ! apt_download "$downloads" "${missing[@]}"; then
    say "Updating the lists of packages, and trying again."
    as_root apt-get update >&2
    apt_download "$downloads" "${missing[@]}"
  fi

  for package in "$downloads"/*.deb; do
    dpkg -x "$package" "$directory"
  done
  touch "${missing[@]/#/$directory/unpacked/}"
  rm -r "$downloads"
}

# configure DIRECTORY [MESON OPTION...]: once; a set-up that was broken off starts anew.
configure ()
{
  local directory=$1
  local -a wipe=()
  shift

  [[ ! -f $directory/build.ninja ]] || return 0
  [[ ! -f $directory/meson-private/coredata.dat ]] || wipe=(--wipe)
  meson setup "${wipe[@]}" "$@" "$directory" "$root" >&2
}

# compile DIRECTORY [TARGET...]: prints nothing when there is nothing to do.
compile ()
{
  local directory=$1
  shift

  [[ $(ninja -C "$directory" -n "$@") == *"no work to do"* ]] || ninja -C "$directory" "$@" >&2
}

# compile_fuzzers: the tests for libFuzzer, into a folder of their own.
compile_fuzzers ()
{
  CC=${CC:-clang-14} configure "$root/build/fuzz" -Dc_args=-fsanitize=fuzzer-no-link \
    -Db_sanitize=address,undefined -Db_lundef=false
  compile "$root/build/fuzz" fuzzers
}
