# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian 13 root in the cache folder, made once, entered with bubblewrap. Sourced.

readonly root_suite=trixie
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/sallyport

root_name ()
{
  local hash
  hash=$({ echo "$root_suite 1"; packages build test; } | sha256sum)
  printf 'root-%s' "${hash:0:12}"
}

# An ordinary user becomes root of a user namespace with a range of ids, so that the root holds files of
# several owners, and sshd can change its user. As root the array stays empty.
if ((EUID == 0)); then
  readonly become_root=()
else
  readonly become_root=(unshare --map-root-user --map-auto)
fi

demand_tools ()
{
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} > 0)) || return 0

  local wanted=(bubblewrap mmdebstrap debian-archive-keyring)
  ((EUID == 0)) || wanted+=(uidmap)
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    die "this system is older than Debian 13, so that the work is done in a Debian 13 root in $cache.
Making it needs: ${missing[*]}. This installs them:
  sudo apt-get install ${wanted[*]}"
  fi
  say "Installing ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null ||
    die "apt-get could not install them: see above."
}

# Never crosses into another file system, should one still be mounted there.
remove_root ()
{
  [[ -e $1 ]] || return 0
  "${become_root[@]}" rm -rf --one-file-system -- "$1"
}

# How far it is: apt fetches all packages, then dpkg unpacks all, then sets them up.
root_progress ()
{
  local log=$1/var/log/dpkg.log fetched
  [[ -f $log ]] || return 0
  fetched=$(find "$1/var/cache/apt/archives" -maxdepth 1 -name '*.deb' 2>/dev/null | wc -l) || fetched=0
  awk -v fetched="$fetched" '/ status unpacked / { unpacked[$5] } / status installed / { installed[$5] }
    END { printf "packages: %d fetched, %d unpacked, %d set up", fetched, length (unpacked), length (installed) }' "$log"
}

# Reports the steps that mmdebstrap writes to its log ($2), until the process $3 ends.
watch_root ()
{
  local partial=$1 log=$2 pid=$3 start=$SECONDS step='' last='' shown=0 now
  while kill -0 "$pid" 2>/dev/null; do
    step=$(sed -n 's/^I: //p' "$log" | tail -n 1)
    now=$((SECONDS - start))
    if [[ $step != "$last" ]] || ((now - shown >= 10)); then
      printf '  %3d s  %s' "$now" "${step:-starting}"
      [[ $step != *installing* ]] || printf ' %s' "$(root_progress "$partial")"
      printf '\n'
      last=$step shown=$now
    fi
    sleep 0.5
  done
}

make_root ()
{
  local root=$1 partial=$1.partial log=$1.log pid failed=0 include start=$SECONDS
  demand_tools mmdebstrap bwrap
  say "Making a Debian 13 root in $root"
  say "(once; 1 to 3 minutes, 1.3 GB; \"./dev clean --roots\" removes it)"
  remove_root "$partial"
  include=$(packages build test | paste -sd,)

  # In a PID namespace of its own whose death takes everything along, and with private mounts: killed at
  # any moment, it leaves neither processes nor mounts, only the .partial folder.
  setpriv --pdeathsig KILL \
    unshare --mount --propagation private --pid --fork --kill-child --mount-proc "${become_root[@]:1}" \
    mmdebstrap --mode=root --variant=minbase --format=directory \
    --aptopt='Apt::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --include="$include" "$root_suite" "$partial" >"$log" 2>&1 </dev/null 9>&- &
  pid=$!
  trap 'kill -KILL "$pid" 2>/dev/null || true; say "Stopped. The next run starts it afresh."; exit 130' INT TERM HUP
  watch_root "$partial" "$log" "$pid"
  wait "$pid" || failed=1
  trap - INT TERM HUP
  if ((failed)); then
    grep -v '^I: ' "$log" | tail -n 20 >&2
    remove_root "$partial"
    die "the root could not be made (whole log: $log). Is the network there, and 1.5 GB of room?"
  fi
  mv -T -- "$partial" "$root"
  say "  $((SECONDS - start)) s, done"
}

# Prints nothing if the root is there. A second run waits for the one that makes it.
ensure_root ()
{
  local root=$1
  demand_tools bwrap
  [[ ! -d $root ]] || return 0
  mkdir -p -- "$cache"
  exec 9>"$cache/root.lock"
  if ! flock --nonblock 9; then
    say "Another run makes the root: waiting for it"
    flock 9
  fi
  [[ -d $root ]] || make_root "$root"
  exec 9>&-
}

# The person's display, if any, is passed in; nothing else of the desktop is.
display_arguments ()
{
  local socket authority=${XAUTHORITY:-$HOME/.Xauthority}
  if [[ -n ${WAYLAND_DISPLAY:-} ]]; then
    socket=$WAYLAND_DISPLAY
    [[ $socket == /* ]] || socket=${XDG_RUNTIME_DIR:-/run/user/$EUID}/$socket
    if [[ -S $socket ]]; then
      printf '%s\0' --bind "$socket" /run/display/wayland --setenv WAYLAND_DISPLAY /run/display/wayland
    fi
  fi
  if [[ -n ${DISPLAY:-} ]]; then
    printf '%s\0' --setenv DISPLAY "$DISPLAY"
    [[ ! -d /tmp/.X11-unix ]] || printf '%s\0' --bind /tmp/.X11-unix /tmp/.X11-unix
    if [[ -f $authority ]]; then
      printf '%s\0' --ro-bind "$authority" /run/display/authority \
        --setenv XAUTHORITY /run/display/authority
    fi
  fi
}

# What a person may want to set for a run: test and debugging variables, by their prefixes.
environment_arguments ()
{
  local name
  for name in $(compgen -e); do
    case $name in
      SALLYPORT_ROOT) ;;
      SALLY_* | SALLYPORT_* | G_* | GTK_* | GDK_* | GSK_* | ADW_* | ASAN_* | LSAN_* | UBSAN_* | MESON_* | \
        CI | TERM | COLORTERM | LINES | COLUMNS | SOURCE_DATE_EPOCH | NO_COLOR)
        printf '%s\0' --setenv "$name" "${!name}"
        ;;
    esac
  done
}

# Replaces this process: enter_root ROOT COMMAND...
enter_root ()
{
  local root=$1 arguments=() common folder=$PWD
  shift
  mapfile -d '' -t arguments < <(environment_arguments; display_arguments)
  [[ $folder/ == "$project"/* ]] || folder=$project
  # A worktree's repository lies elsewhere.
  common=$(git -C "$project" rev-parse --path-format=absolute --git-common-dir 2>/dev/null) || common=
  [[ -z $common || $common == "$project"/* ]] || arguments+=(--ro-bind "$common" "$common")
  exec "${become_root[@]}" bwrap --bind "$root" / --dev-bind /dev /dev --proc /proc --tmpfs /run --tmpfs /tmp \
    --tmpfs /root --ro-bind-try /etc/resolv.conf /etc/resolv.conf --bind "$project" "$project" \
    --unshare-pid --die-with-parent --clearenv --chdir "$folder" \
    --setenv HOME /root --setenv USER root --setenv LANG C.UTF-8 --setenv XDG_RUNTIME_DIR /run/session \
    --dir /run/session --chmod 0700 /run/session \
    --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --setenv SALLYPORT_INSIDE "${root##*/}" \
    "${arguments[@]}" "$@"
}

# remove_roots KEEP...: every root in the cache that is not named, and what interrupted runs left.
remove_roots ()
{
  local entry keep
  [[ -d $cache ]] || return 0
  exec 9>"$cache/root.lock"
  flock --nonblock 9 || die "another run makes a root now: try again when it is done."
  for entry in "$cache"/root-* "$cache"/runtime-*; do
    [[ -e $entry ]] || continue
    for keep in "$@"; do
      [[ ${entry##*/} != "$keep" && ${entry##*/} != "$keep.log" ]] || continue 2
    done
    say "Removing $entry"
    remove_root "$entry"
  done
  exec 9>&-
}
