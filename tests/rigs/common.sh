# SPDX-License-Identifier: GPL-3.0-or-later
# What the test servers share: options, the namespace, users, the ready line, the end. Sourced by the rigs,
# each of which says what is special about its server and then calls rig_main "$@".
#
# A rig runs in a mount namespace of its own. There, and only there, /etc/passwd, /etc/group, /etc/shadow and
# /etc/pam.d are private copies, /run and /srv are empty tmpfs: its users and PAM services exist nowhere else.

set -euo pipefail

rig_name=$(basename "$0")
rig_user=vendor
rig_port=0
rig_state=
rig_sftp_args=
rig_login=
rig_encrypt_key=
rig_until_eof=
rig_rate_limit=
rig_sshd_options=()

readonly rig_private=/run/rig
readonly rig_pam_service=sallyport-rig
readonly rig_uid=2001
readonly rig_ready_seconds=15

# What a line of the log begins with or holds when a whole sign-in was accepted (no backslashes: it is passed on in JSON).
rig_accepted='^Accepted (password|publickey|keyboard-interactive/pam) for '

rig_usage ()
{
  cat <<END
usage: $rig_name [OPTIONS]
  --port PORT          on 127.0.0.1 (default: a free one)
  --state DIRECTORY    for keys, secrets, log and home (default: a new one, removed at the end)
  --user NAME          (default: $rig_user)
  --sftp-args ARGS     for internal-sftp, such as -R
  --login HOW          where a rig has several ways to sign in: see its first lines
  --rekey-limit BYTES  such as 16M
  --rate-limit N       at most N codes in 30 s (pam_google_authenticator)
  --sshd-option LINE   one more line for sshd_config, before all others; may be repeated
  --encrypt-key        also writes STATE/key-encrypted, its passphrase in STATE/passphrase
  --until-eof          ends when standard input does
Prints one line of JSON when the server is ready. Ends on SIGTERM and SIGINT.
END
}

rig_fail ()
{
  printf '%s: %s\n' "$rig_name" "$*" >&2
  exit 1
}

rig_parse ()
{
  local value
  while (($# > 0)); do
    case $1 in
      --encrypt-key) rig_encrypt_key=1 ;;
      --until-eof) rig_until_eof=1 ;;
      --help)
        rig_usage
        exit 0
        ;;
      --port | --state | --user | --sftp-args | --login | --rekey-limit | --rate-limit | --sshd-option)
        (($# > 1)) || rig_fail "$1 wants a value"
        value=$2
        case $1 in
          --port) rig_port=$value ;;
          --state) rig_state=$value ;;
          --user) rig_user=$value ;;
          --sftp-args) rig_sftp_args=$value ;;
          --login) rig_login=$value ;;
          --rekey-limit) rig_sshd_options+=("RekeyLimit $value") ;;
          --rate-limit) rig_rate_limit=$value ;;
          --sshd-option) rig_sshd_options+=("$value") ;;
        esac
        shift
        ;;
      *)
        rig_usage >&2
        exit 2
        ;;
    esac
    shift
  done
}

# Re-executes the rig in its own mount namespace; an ordinary user becomes root of a user namespace.
rig_isolate ()
{
  [[ -z ${SALLY_RIG_INSIDE:-} ]] || return 0
  local unshare=(unshare --mount --propagation private)
  ((EUID == 0)) || unshare+=(--map-root-user --map-auto)
  SALLY_RIG_INSIDE=1 exec "${unshare[@]}" "$BASH" "$0" "$@"
}

rig_prepare_state ()
{
  if [[ -z $rig_state ]]; then
    rig_state=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-rig.XXXXXX")
    rig_state_is_ours=1
  fi
  mkdir -p -- "$rig_state"
  rig_state=$(cd "$rig_state" && pwd -P)
  [[ $rig_state != /run/* && $rig_state != /srv/* ]] || rig_fail "$rig_state: /run and /srv are hidden in a rig"
  umask 077
  : >"$rig_state/log"
}

rig_private_system ()
{
  local file
  mount -t tmpfs -o mode=0755 rig /run
  mount -t tmpfs -o mode=0755 rig /srv
  mkdir -m 0755 /run/sshd "$rig_private"
  mkdir -m 0700 "$rig_private/etc" "$rig_private/otp"
  mkdir -m 0755 "$rig_private/keys"
  cp -a /etc/passwd /etc/group /etc/shadow /etc/pam.d "$rig_private/etc/" 2>/dev/null || {
    # An ordinary user may not read the machine's shadow file, and the rig has no use for it.
    : >"$rig_private/etc/shadow"
  }
  sed -i "/^$rig_user:/d" "$rig_private"/etc/{passwd,group,shadow}
  printf '%s:x:%d:%d:Test user:/srv/%s:/bin/sh\n' "$rig_user" $rig_uid $rig_uid "$rig_user" >>"$rig_private/etc/passwd"
  printf '%s:x:%d:\n' "$rig_user" $rig_uid >>"$rig_private/etc/group"
  chmod 0644 "$rig_private"/etc/{passwd,group}
  for file in passwd group shadow pam.d; do
    mount --bind "$rig_private/etc/$file" "/etc/$file"
  done
}

# Sets the user's password ($1: its file, empty for a locked one); the hash exists only in the private copy.
rig_set_password ()
{
  local hash='*'
  [[ -z $1 ]] || hash=$(openssl passwd -6 -stdin <"$1")
  printf '%s:%s:20000:0:99999:7:::\n' "$rig_user" "$hash" >>/etc/shadow
}

rig_make_password ()
{
  head -c 15 /dev/urandom | base32 | tr -d '\n' >"$rig_state/password"
  rig_set_password "$rig_state/password"
}

# A new 160-bit secret: base32 in STATE/secret, and the module's own file where PAM looks.
rig_make_secret ()
{
  head -c 20 /dev/urandom | base32 | tr -d '\n' >"$rig_state/secret"
  {
    cat "$rig_state/secret"
    printf '\n" WINDOW_SIZE 3\n" DISALLOW_REUSE\n" TOTP_AUTH\n'
    [[ -z $rig_rate_limit ]] || printf '" RATE_LIMIT %s 30\n' "$rig_rate_limit"
  } >"$rig_private/otp/$rig_user"
  chmod 0600 "$rig_private/otp/$rig_user"
}

# The person's key pair, STATE/key and STATE/key.pub, and who may sign in with it.
rig_make_key ()
{
  ssh-keygen -q -t ed25519 -N '' -C "$rig_user" -f "$rig_state/key"
  install -m 0644 "$rig_state/key.pub" "$rig_private/keys/$rig_user"
  [[ -z $rig_encrypt_key ]] || rig_encrypt_key_copy
}

# ssh-keygen takes a passphrase from argv, a terminal or an askpass program: the last one it is.
rig_encrypt_key_copy ()
{
  head -c 15 /dev/urandom | base32 | tr -d '\n' >"$rig_state/passphrase"
  cp "$rig_state/key" "$rig_state/key-encrypted"
  printf '#!/bin/sh\ncat %q\n' "$rig_state/passphrase" >"$rig_private/askpass"
  chmod 0700 "$rig_private/askpass"
  SSH_ASKPASS=$rig_private/askpass SSH_ASKPASS_REQUIRE=force \
    ssh-keygen -q -p -f "$rig_state/key-encrypted" >/dev/null
}

# Reads the PAM lines of the rig's service from standard input; account and session come with it.
rig_pam ()
{
  {
    cat
    printf 'account required pam_unix.so\nsession required pam_permit.so\n'
  } >"/etc/pam.d/$rig_pam_service"
  chmod 0644 "/etc/pam.d/$rig_pam_service"
}

# Some files to browse, the same in each rig.
rig_fill_home ()
{
  local home=$rig_state/home
  (
    umask 022
    mkdir -p "$home/inbox" "$home/outbox/2026/reports/north"
    printf 'Drop your files into "inbox"; fetch yours from "outbox".\n' >"$home/README.txt"
    printf 'item,amount\nbolts,1200\nnuts,1180\n' >"$home/outbox/invoice.csv"
    printf 'Everything went well.\n' >"$home/outbox/2026/reports/north/summary.txt"
    : >"$home/outbox/empty.dat"
    printf 'Ein Name mit Leerzeichen und Umlauten.\n' >"$home/outbox/Grüße aus Köln.txt"
    head -c 5242880 /dev/urandom >"$home/outbox/photo.bin"
    printf 'hidden\n' >"$home/.profile-note"
    ln -s outbox/invoice.csv "$home/latest-invoice.csv"
  )
  chmod 0755 "$home"
  chown -hR $rig_uid:$rig_uid "$home"
  mkdir -m 0755 "/srv/$rig_user"
  mount --bind "$home" "/srv/$rig_user"
}

# Its own first lines win: sshd takes the first value of a keyword. StrictModes would object to "/", whose owner
# is nobody in an ordinary user's namespace.
rig_write_sshd_config ()
{
  local line
  for line in "${rig_sshd_options[@]}"; do
    printf '%s\n' "$line"
  done
  cat <<END
Port $rig_port
ListenAddress 127.0.0.1
HostKey $rig_state/host_key
PidFile none
LogLevel VERBOSE
UseDNS no
PerSourcePenalties no
MaxStartups 100
PrintMotd no
StrictModes no
AuthorizedKeysFile $rig_private/keys/%u
UsePAM yes
PAMServiceName $rig_pam_service
PermitRootLogin no
Subsystem sftp internal-sftp $rig_sftp_args
END
  rig_sshd_methods
}

rig_free_port ()
{
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The server in the background: in a PID namespace whose end takes every session along, and which ends with this
# script, even if killed.
rig_run ()
{
  umask 022
  setpriv --pdeathsig KILL unshare --pid --fork --kill-child "$@" </dev/null >>"$rig_state/log" 2>&1 &
  rig_pid=$!
}

# A server that is no sshd has these two of its own.
rig_start_server ()
{
  rig_write_sshd_config >"$rig_state/sshd_config"
  rig_run /usr/sbin/sshd -D -f "$rig_state/sshd_config" -E "$rig_state/log"
}

rig_is_ready ()
{
  grep -q 'Server listening on' "$rig_state/log"
}

# For a server that does not say when it listens: the kernel knows, and nothing has to connect.
rig_listens ()
{
  grep -q "$(printf '0100007F:%04X 00000000:0000 0A' "$rig_port")" /proc/net/tcp || return 1
  printf 'Server listening on 127.0.0.1 port %d.\n' "$rig_port" >>"$rig_state/log"
}

rig_wait_ready ()
{
  local deadline=$((SECONDS + rig_ready_seconds))
  while ! rig_is_ready; do
    kill -0 "$rig_pid" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.02
  done
}

# A port that was free a moment ago may be taken by now: a few tries.
rig_start ()
{
  local wanted=$rig_port try
  for try in 1 2 3 4 5; do
    ((wanted != 0)) || rig_port=$(rig_free_port)
    rig_start_server
    ! rig_wait_ready || return 0
    rig_stop
    ((wanted == 0)) && grep -q 'Address already in use' "$rig_state/log" || break
    : >"$rig_state/log"
  done
  cat "$rig_state/log" >&2
  rig_fail "the server did not start (try $try)"
}

rig_stop ()
{
  [[ -z ${rig_pid:-} ]] || kill -KILL "$rig_pid" 2>/dev/null || true
  [[ -z ${rig_pid:-} ]] || wait "$rig_pid" 2>/dev/null || true
  rig_pid=
}

rig_end ()
{
  trap - EXIT
  rig_stop
  [[ -z ${rig_watcher:-} ]] || kill "$rig_watcher" 2>/dev/null || true
  umount -l "/srv/$rig_user" 2>/dev/null || true
  [[ -z ${rig_state_is_ours:-} ]] || rm -rf -- "$rig_state"
}

rig_report ()
{
  local fingerprint
  fingerprint=$(ssh-keygen -lf "$rig_state/host_key.pub" | cut -d ' ' -f 2)
  printf '{"port":%d,"user":"%s","host_key":"%s","home":"%s","start":"%s","log":"%s","state":"%s","accepted":"%s"}\n' \
    "$rig_port" "$rig_user" "$fingerprint" "$rig_state/home" "/srv/$rig_user" "$rig_state/log" "$rig_state" \
    "$rig_accepted"
}

rig_main ()
{
  rig_parse "$@"
  rig_isolate "$@"
  trap rig_end EXIT
  trap 'exit 0' TERM INT HUP
  rig_prepare_state
  rig_private_system
  rig_fill_home
  ssh-keygen -q -t ed25519 -N '' -C "$rig_name" -f "$rig_state/host_key"
  rig_users
  rig_start
  if [[ -n $rig_until_eof ]]; then
    # A background job's input is /dev/null unless it is named.
    exec 3<&0
    { while read -r <&3; do :; done; kill -TERM $$; } >/dev/null &
    rig_watcher=$!
  fi
  rig_report
  wait "$rig_pid" || true
  rig_fail "the server ended by itself; see $rig_state/log"
}
