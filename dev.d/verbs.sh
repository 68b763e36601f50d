# SPDX-License-Identifier: GPL-3.0-or-later
# The verbs of ./dev, run where the build happens ($SALLYPORT_INSIDE). Sourced.

# A folder set up elsewhere (the machine against a root, an older root) holds other paths and versions; and Meson
# does not notice when the changes to a subproject change.
configure ()
{
  local variant=$1 folder=$project/build/$1 options=(-Dwerror=true)
  local mark=$folder/.set-up-in state
  state="$SALLYPORT_INSIDE $(cd "$project/subprojects" && cat -- *.wrap packagefiles/*/* | sha256sum)"
  case $variant in
    debug) options+=(--buildtype=debugoptimized) ;;
    asan) options+=(--buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false) ;;
    release) options+=(--buildtype=release) ;;
    *) die "there is no build \"$variant\": debug, asan or release" ;;
  esac
  [[ $(cat "$mark" 2>/dev/null) != "$state" ]] || return 0
  ensure_sources
  say "Setting up build/$variant"
  remove_subprojects
  rm -rf -- "$folder"
  meson setup "${options[@]}" "$folder" "$project" >"$folder.log" 2>&1 || {
    cat "$folder.log" >&2
    die "meson setup failed: see above"
  }
  rm -f -- "$folder.log"
  printf '%s\n' "$state" >"$mark"
}

# What Meson unpacked.
remove_subprojects ()
{
  local directory
  directory=$(wrap_value directory)
  rm -rf -- "$project/subprojects/${directory:?}"
}

verb_build ()
{
  local variant=${1:-debug} start=$EPOCHREALTIME
  mkdir -p -- "$project/build"
  exec 8>"$project/build/.lock"
  flock 8
  configure "$variant"
  say "Building build/$variant"
  # Ninja is quiet about what goes well unless a person watches.
  local quiet=--quiet
  [[ ! -t 1 ]] || quiet=
  ninja -C "$project/build/$variant" ${quiet:+"$quiet"} || die "the build failed: see above"
  tick "$start" "built"
  exec 8>&-
}

# Leaks of the libraries below us are named in the suppression file; ours are failures. The rest of the
# sanitizers' settings stands in tests/meson.build.
sanitizer_environment ()
{
  export LSAN_OPTIONS=suppressions=$project/tests/support/leaks.supp:print_suppressions=0
}

verb_test ()
{
  local variant=debug suites=() extra=() logs result=0
  while (($# > 0)); do
    case $1 in
      --asan) variant=asan ;;
      --)
        shift
        extra=("$@")
        break
        ;;
      -*) die "test does not know $1" ;;
      *) suites+=(--suite "$1") ;;
    esac
    shift
  done
  verb_build "$variant"
  if [[ $variant == asan ]]; then
    sanitizer_environment
    extra=(--timeout-multiplier 4 "${extra[@]}")
  fi

  logs=$project/build/$variant/meson-logs
  rm -f -- "$logs"/testlog.json "$logs"/testlog.junit.xml
  meson test -C "$project/build/$variant" --no-rebuild --print-errorlogs "${suites[@]}" "${extra[@]}" ||
    result=$?
  # Meson counts programs; the summary counts the cases inside them, and has the last word.
  python3 "$project/dev.d/test-summary.py" "$logs/testlog.json" "$result"
}

# So that programs of the build find each other and their data without being installed.
build_environment ()
{
  local build=$project/build/$1 program path
  for program in sallyport sally sallyport-engine; do
    path=$(find "$build" -name "$program" -type f -perm -u+x -print -quit)
    [[ -z $path ]] || PATH=${path%/*}:$PATH
    [[ $program != sallyport-engine ]] || export SALLYPORT_LIBEXEC=${path%/*}:$build/app/remote
  done
  export PATH GSETTINGS_SCHEMA_DIR=$build/data
}

# Settings and keyring are the project's own, so that trying things out touches nobody's.
verb_run ()
{
  local program=sallyport
  if [[ ${1:-} == sally ]]; then
    program=sally
    shift
  fi
  verb_build debug >&2
  build_environment debug
  command -v "$program" >/dev/null || die "the build made no $program"
  [[ $program != sallyport || -n ${WAYLAND_DISPLAY:-}${DISPLAY:-} ]] ||
    die 'no display: set WAYLAND_DISPLAY or DISPLAY, or try ./dev demo'
  exec "$project/tests/support/with-keyring" --display --keep "$project/build/home" "$program" "$@"
}

verb_demo ()
{
  verb_build debug
  build_environment debug
  exec "$project/demo/demo" "$@"
}

verb_shots ()
{
  local shots=$project/build/shots
  verb_build debug
  build_environment debug
  [[ -x $project/tests/ui/shots ]] || die "tests/ui/shots is not there"
  mkdir -p -- "$shots"
  SALLY_BUILD_DIR=$project/build/debug "$project/tests/ui/shots" "$shots" "$@"
  find "$shots" -name '*.png' -printf 'build/shots/%P\n' | sort
}

# What one verb alone needs is no part of the root, which tests alone would not need so large.
ensure_packages ()
{
  local list=$1
  if [[ $SALLYPORT_INSIDE == host ]]; then
    demand_packages "$list"
    return
  fi
  local package missing=()
  while read -r package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done < <(packages "$list")
  ((${#missing[@]} > 0)) || return 0
  say "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  chmod 1777 /tmp
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install them: see above."
}

verb_bench ()
{
  verb_build release
  build_environment release
  ensure_packages bench
  export GSETTINGS_BACKEND=memory SALLY_BUILD_DIR=$project/build/release
  exec "$project/tests/support/with-keyring" "$project/tests/bench/bench" "$@"
}

verb_rig ()
{
  local name=${1:-}
  if [[ -z $name || ! -x $project/tests/rigs/$name ]]; then
    say "usage: ./dev rig NAME [OPTIONS], NAME being one of:" >&2
    find "$project/tests/rigs" -maxdepth 1 -type f -perm -u+x -printf '  %f\n' | sort >&2
    exit 2
  fi
  shift
  exec "$project/tests/rigs/$name" "$@"
}

verb_shell ()
{
  export debian_chroot=sallyport
  if (($# > 0)); then
    exec "$@"
  fi
  exec bash
}

verb_clean ()
{
  case ${1:-} in
    '') ;;
    --all) remove_roots "$(root_name)" "$(runtime_name)" ;;
    --roots) remove_roots ;;
    *) die "clean knows --all and --roots, not $1" ;;
  esac
  remove_subprojects
  rm -rf -- "$project/build"
  say "build/ is removed"
  [[ ${1:-} == --roots || ! -d $cache/$(root_name) ]] ||
    say "The root stays: $cache/$(root_name) (\"./dev clean --roots\" removes it)"
}
