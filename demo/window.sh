# SPDX-License-Identifier: GPL-3.0-or-later
# The demo's window where there is no display: Xvfb, and a picture of it. Sourced.

readonly window_seconds=30
# A painted window has more colours than an empty one, which has one or two.
readonly window_colours=32
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

# Takes pictures until one shows a painted window.
window_take_picture ()
{
  local picture=$1 deadline=$((SECONDS + window_seconds)) app
  GDK_BACKEND=x11 GSK_RENDERER=cairo sallyport &
  app=$!
  window_pids=("$app" "${window_pids[@]}")
  while ((SECONDS < deadline)); do
    kill -0 "$app" 2>/dev/null || return 1
    if xdotool search --onlyvisible --pid "$app" >/dev/null 2>&1 &&
      import -window root "$picture" && (($(identify -format %k "$picture") >= window_colours)); then
      # The first frame comes before the lists are filled.
      sleep 1
      import -window root "$picture"
      return
    fi
    sleep 0.2
  done
  echo "no window was painted within $window_seconds s"
  return 1
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
