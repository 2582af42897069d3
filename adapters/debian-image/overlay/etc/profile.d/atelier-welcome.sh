# What a person sees first: which image this is, and where what they save is kept.
if [ -t 1 ] && [ -r /etc/atelier-image ]; then
  (
    # both files speak of NAME and VERSION: the image's own come last
    . /etc/os-release
    . /etc/atelier-image
    if mountpoint -q /home; then kept='is kept: it lies on a disk of your own.'; else kept='lies on the system disk of this workspace.'; fi
    printf '\033[2J\033[H\n'
    if [ -x /usr/bin/figlet ]; then figlet -w 78 "$NAME $VERSION" 2>/dev/null | sed 's/^/   /'; fi
    printf '   \033[1;36m%s\033[0m   version \033[1;33m%s\033[0m\n' "$NAME" "$VERSION"
    printf '   %s, Linux %s\n\n' "$PRETTY_NAME" "$(uname -r)"
    printf '   Hello. You are signed in as %s.\n' "$(id -un)"
    printf '   Everything under %s %s\n\n' "$HOME" "$kept"
  )
fi
