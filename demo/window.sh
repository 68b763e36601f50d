# SPDX-License-Identifier: GPL-3.0-or-later
# The demo's window where there is no display: Xvfb, and a picture of it. Sourced.

# A fresh code may be a whole period away.
readonly window_seconds=90
window_pids=()

# The X server picks a free display number and writes it down.
window_start_display ()
{
  local deadline=$((SECONDS + window_seconds))
  Xvfb -displayfd 7 -screen 0 1280x800x24 -nolisten tcp -noreset 7>"$1/display" >/dev/null 2>&1 &
  window_pids+=("$!")
  while [[ ! -s $1/display ]]; do
    kill -0 "${window_pids[-1]}" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
  DISPLAY=:$(<"$1/display")
  export DISPLAY
}

# Opens the window on a saved server; its picture is taken once the file list is there.
window_take_picture ()
{
  local server=$1 sign=$2 picture=$3 app
  GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=atspi sallyport --server "$server" &
  app=$!
  window_pids=("$app" "${window_pids[@]}")
  "$here/await-shown" "$app" 'table cell' "$sign" "$window_seconds" &&
    import -window root -trim +repage "$picture"
}

window_stop ()
{
  local pid
  for pid in "${window_pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  window_pids=()
}
