# SPDX-License-Identifier: GPL-3.0-or-later
# The demo's server: a rig of tests/rigs/. Sourced.

readonly server_ready_seconds=30
server_pid=

# sshd with PAM needs root; the endpoint of AWS Transfer does not.
if ((EUID == 0)); then
  readonly server_rig=openssh-combined
  readonly server_words='an SSH server that wants password and one-time code, each code once'
else
  readonly server_rig=aws-transfer
  readonly server_words='an AWS Transfer endpoint that wants password and one-time code, each code once'
fi

# Starts it in the background; its ready line goes to a file. The rig ends when this script does, because its
# standard input is a pipe that only this script holds.
server_start ()
{
  local deadline=$((SECONDS + server_ready_seconds))
  mkfifo "$1/hold"
  exec {server_hold}<>"$1/hold"
  server_ready=$1/ready
  "$project/tests/rigs/$server_rig" --until-eof <"$1/hold" >"$server_ready" {server_hold}>&- &
  server_pid=$!
  while [[ ! -s $server_ready ]]; do
    kill -0 "$server_pid" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

server_fact ()
{
  sed -n "s/.*\"$1\": *\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" "$server_ready"
}

server_facts ()
{
  server_port=$(server_fact port)
  server_host_key=$(server_fact host_key)
  server_home=$(server_fact home)
  server_state=$(server_fact state)
}

server_accepted_once ()
{
  [[ $(grep -Ec '^Accepted (password|keyboard-interactive/pam) for ' "$server_state/log") == 1 ]]
}

server_stop ()
{
  [[ -n $server_pid ]] || return 0
  kill "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}
