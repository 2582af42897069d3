# The person is signed in on the first console: go on to the desktop. Should it fail or end, the shell stays, with the welcome.
if [ "$(tty)" = /dev/tty1 ] && [ -z "${DISPLAY:-}" ] && command -v startx >/dev/null; then
  mkdir -p "$HOME/.cache"
  startx /usr/local/lib/atelier/session -- -keeptty -nolisten tcp vt1 >"$HOME/.cache/desktop.log" 2>&1
fi
