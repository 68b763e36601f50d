# SPDX-License-Identifier: GPL-3.0-or-later
# Words to the person at the terminal. Sourced.

say ()
{
  printf '%s\n' "$*"
}

die ()
{
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

# A step that ended well, and how long it took: done_in START "what" (START is $SECONDS or $EPOCHREALTIME).
tick ()
{
  local start=$1
  shift
  printf '  ✓ %s (%s s)\n' "$*" "$(elapsed "$start")"
}

# Seconds since $EPOCHREALTIME was $1, with one decimal, in whole shell arithmetic.
elapsed ()
{
  local now=${EPOCHREALTIME//[.,]/} then=${1//[.,]/}
  local tenths=$(((now - then) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}
