# shellcheck shell=bash disable=SC2154
# What the commands apps/reproduce, tests/check and datasets/fetch share: messages, options, packages, builds.
# Sourced, never run. The sourcing script sets `program` (its name in messages) and `root` (the project's folder).
# Messages go to stderr; stdout carries results only.

say() { printf '%s: %s\n' "$program" "$*" >&2; }
die() { say "$*"; exit 1; }
usage_error() { say "$* (see $program --help)"; exit 2; }

# Results and help texts: a closed or full stdout is a failure with a message of its own.
print() { printf '%s\n' "$@" 2>/dev/null || die "cannot write to standard output"; }

# With stdout closed, the next file opened would take its number and receive what is printed.
require_stdout() {
  { : 3>&1; } 2>/dev/null || die "cannot write to standard output"
  trap '' PIPE
}

# next_option KINDS ARGUMENT...: reads one option into `option` and `value`; `rest` holds the arguments after it.
# KINDS names an associative array: KINDS[--name] is `flag`, `value`, or `optional` for a value that may be left out.
# "--name VALUE" and "--name=VALUE" are the same.
next_option() {
  local -n kinds=$1
  shift
  option=${1%%=*} value='' rest=("${@:2}")
  [[ $1 == -* ]] || option=$1
  local kind=''
  [[ -z $option ]] || kind=${kinds["$option"]:-}
  case $kind in
    flag) [[ $1 == "$option" ]] || usage_error "option $option takes no value" ;;
    value) option_value "$1"; [[ -n $value ]] || usage_error "option $option needs a value" ;;
    optional) option_value "$1" ;;
    *) [[ $1 == -* ]] && usage_error "unknown option: $1"; usage_error "unexpected argument: '$1'" ;;
  esac
}

# The value of `option`: behind its "=", or the next argument unless that is an option itself.
option_value() {
  if [[ $1 == *=* ]]; then
    value=${1#*=}
  elif ((${#rest[@]} > 0)) && [[ ${rest[0]} != --* ]]; then
    value=${rest[0]}
    rest=("${rest[@]:1}")
  fi
}

# require_integer OPTION VALUE LEAST MOST
require_integer() {
  if ! [[ $2 =~ ^[0-9]{1,18}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
    usage_error "option $1 needs a whole number from $3 to $4, got '$2'"
  fi
}

# python_with MODULE...: the name of a Python that has them; Debian's packages are for Debian's Python.
python_with() {
  local python
  for python in ${PYTHON:-python3 /usr/bin/python3}; do
    if "$python" -c 'import sys; from importlib.util import find_spec; sys.exit(None in map(find_spec, sys.argv[1:]))' \
      "$@" 2>/dev/null; then
      printf '%s\n' "$python"
      return 0
    fi
  done
  return 1
}

# Is what the package is wanted for there already, from wherever it came?
is_provided() {
  case $1 in
    python3-*) python_with "${1#python3-}" ;;
    g++) [[ -n ${CXX:-} ]] || command -v g++ ;;
    dataset-*) [[ -d /usr/share/datasets/${1#dataset-} ]] ;;
    ninja-build) command -v ninja ;;
    libopenmpi-dev) command -v mpicxx ;;
    openmpi-bin) command -v mpirun ;;
    ca-certificates) [[ -e /etc/ssl/certs/ca-certificates.crt ]] ;;
    libgtest-dev) pkg-config --exists gtest || [[ $(dpkg-query -W -f '${db:Status-Status}' "$1") == installed ]] ;;
    *) command -v "$1" ;;
  esac >/dev/null 2>&1
}

can_install() {
  command -v apt-get >/dev/null || return 1
  ((EUID == 0)) && return 0
  command -v sudo >/dev/null && { [[ -t 0 && -t 2 ]] || sudo -n true 2>/dev/null; }
}

apt_get() {
  local -a as_root=()
  ((EUID == 0)) || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 -o DPkg::Lock::Timeout=120 "$@"
}

# need_packages PACKAGE...: installs those that are missing; does nothing at all when none is.
need_packages() {
  local -a missing=()
  local package log
  for package; do is_provided "$package" || missing+=("$package"); done
  ((${#missing[@]} > 0)) || return 0
  can_install || {
    say "missing packages: ${missing[*]} (as root: apt-get update && apt-get install ${missing[*]})"
    return 1
  }
  say "installing ${missing[*]}"
  log=$(mktemp)
  if { apt_get update && apt_get install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
    rm -f -- "$log"
  else
    tail -n 5 -- "$log" >&2
    rm -f -- "$log"
    say "could not install ${missing[*]}"
    return 1
  fi
}

# run_logged LOG COMMAND...: the output goes to LOG; its end is shown when the command fails.
run_logged() {
  local log=$1
  shift
  "$@" </dev/null >"$log" 2>&1 || { tail -n 40 -- "$log" >&2; return 1; }
}

# build_in FOLDER MESON_OPTION...: configures when new (or when the project moved or the tools changed), then builds.
build_in() {
  local folder=$1 stamp
  shift
  stamp="$root ${CXX:-} ${CXXFLAGS:-} ${LDFLAGS:-} $(meson --version) $*" || return 1
  mkdir -p -- "$folder" || return 1
  if [[ ! -f $folder/build.ninja || $(cat -- "$folder/configured.txt" 2>/dev/null) != "$stamp" ]]; then
    rm -rf -- "$folder" && mkdir -p -- "$folder" || return 1
    run_logged "$folder/configure.log" meson setup "$folder" "$root" "$@" || return 1
    printf '%s\n' "$stamp" >"$folder/configured.txt" || return 1
  fi
  if [[ -t 2 ]]; then
    ninja -C "$folder" >&2
  else
    run_logged "$folder/build.log" ninja -C "$folder"
  fi
}
