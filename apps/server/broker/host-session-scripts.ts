/** What is done to a session on its host. */
export type SessionCommand =
  | { readonly kind: 'log-off' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'message'; readonly title: string; readonly text: string };

/** Whose session it is, by the host's own words. */
export interface HostSession {
  readonly user: string;
  /** xrdp's display (`:10`), or a session's number on Windows. */
  readonly hostSessionId: string | null;
}

/** A program with its arguments: nothing in them is read by an interpreter but the script, which takes them as `$1`, `$2` … */
export interface HostCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  /** It has done its work when it writes this line; it goes on for as long as it likes, and ends with its shell. Null: when it ends. */
  readonly until: string | null;
}

/** For how long a message stays when nobody closes it, in seconds. */
export const messageSeconds = 600;
const isShown = 'shown';

/** Why a session cannot be commanded at all, for people. */
export interface CannotCommand {
  readonly kind: 'cannot';
  readonly why: string;
}

/**
 * X servers of a person: of the display when it is known. A session of xrdp ends with its X server, and sesman closes what
 * belongs to it. The exit code 4 says that there is none.
 */
const findServers = `
command -v pgrep >/dev/null || { echo "the host lacks pgrep (Debian's package procps)" >&2; exit 6; }
servers() {
  for pid in $(pgrep -u "$1" -x 'Xorg|Xvnc|Xtigervnc|Xvfb' 2>/dev/null); do
    if [ -z "$2" ] || tr '\\0' '\\n' < "/proc/$pid/cmdline" | grep -qxF -- "$2"; then echo "$pid"; fi
  done
}
pids=$(servers "$1" "$2")
[ -n "$pids" ] || { echo "there is no session of $1 \${2:+on display $2}" >&2; exit 4; }
`;

const logOff = `${findServers}
# The programs of the session first, so that they can save; then its X server.
if [ -n "$2" ]; then
  for pid in $(pgrep -u "$1"); do
    if tr '\\0' '\\n' < "/proc/$pid/environ" 2>/dev/null | grep -qE "^DISPLAY=$2(\\.[0-9]+)?$"; then kill -TERM "$pid" 2>/dev/null; fi
  done
fi
kill -TERM $pids 2>/dev/null
n=0
while [ -n "$(servers "$1" "$2")" ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done
rest=$(servers "$1" "$2")
[ -z "$rest" ] || kill -KILL $rest
exit 0
`;

const message = `${findServers}
display=$2
[ -n "$display" ] || display=$(tr '\\0' '\\n' < "/proc/\${pids%% *}/cmdline" | grep -m1 '^:[0-9]*$')
home=$(getent passwd "$1" | cut -d: -f6)
for tool in zenity kdialog xmessage; do command -v $tool >/dev/null && break; tool=; done
[ -n "$tool" ] || { echo "the host has none of zenity, kdialog and xmessage" >&2; exit 5; }
case $tool in
  zenity) set -- "$1" zenity --info --no-markup --title "$3" --text "$4" ;;
  kdialog) set -- "$1" kdialog --title "$3" --msgbox "$4" ;;
  # It knows no end of options, so the text comes as a file; only so does it read it as UTF-8.
  xmessage) text=$4; set -- "$1" xmessage -xrm '*international: true' -center -title "$3" -file - ;;
esac
user=$1; shift
as=; [ "$(id -un)" = "$user" ] || as="runuser -u $user --"
# An agent lets nothing outlive the shell that started it, so the shell waits until somebody closes the message.
$as env DISPLAY="$display" XAUTHORITY="$home/.Xauthority" HOME="$home" LC_ALL=C.UTF-8 timeout ${messageSeconds} "$@" >/dev/null <<END &
\${text-}
END
pid=$!
n=0
while kill -0 $pid 2>/dev/null && [ $n -lt 5 ]; do sleep 0.1; n=$((n+1)); done
if [ $n -lt 5 ]; then wait $pid || { echo "$tool could not show it on display $display" >&2; exit 7; }; fi
echo ${isShown}
wait $pid
exit 0
`;

const script = (text: string, ...words: readonly string[]): HostCommand => ({
  command: 'sh',
  arguments: ['-c', text, 'sh', ...words],
  until: null,
});

function onLinux(session: HostSession, command: SessionCommand): HostCommand | CannotCommand {
  // PAM names the display as a terminal, `:10.0`; whatever is no display is left out, and all of the person's sessions are meant.
  const display = /^(:\d{1,5})(\.\d+)?$/.exec(session.hostSessionId ?? '')?.[1] ?? '';
  // An X server of root may be the one of the machine's own screen.
  if (display === '' && session.user === 'root')
    return { kind: 'cannot', why: 'the host did not tell the display of the session yet' };
  if (command.kind === 'log-off') return script(logOff, session.user, display);
  if (command.kind === 'message')
    return { ...script(message, session.user, display, command.title, command.text), until: isShown };
  return { kind: 'cannot', why: 'xrdp cannot be told to disconnect a client that did not come through the broker' };
}

function onWindows(session: HostSession, command: SessionCommand): HostCommand | CannotCommand {
  const number = session.hostSessionId ?? '';
  if (!/^\d{1,10}$/.test(number)) return { kind: 'cannot', why: 'the host did not tell the number of the session yet' };
  if (command.kind === 'log-off') return { command: 'logoff.exe', arguments: [number], until: null };
  if (command.kind === 'disconnect') return { command: 'tsdiscon.exe', arguments: [number], until: null };
  const text = `${command.title}: ${command.text}`;
  return { command: 'msg.exe', arguments: [number, `/TIME:${messageSeconds}`, text], until: null };
}

/** How a session on a host is commanded. A user's name that no host has is refused. */
export function hostCommand(
  system: 'linux' | 'windows',
  session: HostSession,
  command: SessionCommand,
): HostCommand | CannotCommand {
  // Anything else could be read as an option by the programs that take it.
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}._@$ -]{0,63}$/u.test(session.user))
    return { kind: 'cannot', why: 'its user has a name that hosts do not have' };
  return system === 'windows' ? onWindows(session, command) : onLinux(session, command);
}
