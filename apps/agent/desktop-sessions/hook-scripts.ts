/** Where the agent's folders for the scripts lie: in memory, and gone with the machine's boot. */
export const usualRunFolder = '/run/atelier-agent';
/** Names in it. */
export const runFolders = { reports: 'desktop-sessions', signIn: 'sign-in', used: 'sign-in-used' } as const;

/** Where the scripts go. */
export const usualHookFolder = '/usr/local/lib/atelier-agent';
export const hookNames = { session: 'session-hook', password: 'password-check' } as const;

/** How long a log-on waits for the agent's word about a single-use password, in steps of 50 ms; other passwords do not wait at all. */
const steps = 60;

/**
 * What PAM runs when a session begins or ends: it leaves a small file for the agent. It waits for nobody, says nothing, and always ends well:
 * where the agent never ran there is no folder, and where it does not run any more a thousand files are enough.
 */
export const sessionHook = (runFolder = usualRunFolder): string => `#!/bin/sh
# Atelier's agent learns from this which desktop sessions begin and end here. It never fails and never waits.
case $PAM_TYPE in open_session | close_session) ;; *) exit 0 ;; esac
cd '${runFolder}/${runFolders.reports}' 2>/dev/null || exit 0
umask 077
set -- *
[ $# -lt 1000 ] || exit 0
name=$PPID.$$.$PAM_TYPE
printf '%s\\n' "type=$PAM_TYPE" "service=$PAM_SERVICE" "user=$PAM_USER" "tty=$PAM_TTY" "pid=$PPID" "rhost=$PAM_RHOST" end 2>/dev/null >".$name" &&
  mv -f ".$name" "$name" 2>/dev/null
exit 0
`;

/**
 * What PAM asks whether a password lets in: yes only when the agent says so within three seconds. Whatever does not look like a single-use password is
 * left to the rules that follow, at once and unseen. The password comes by standard input and goes on in memory only, for root's eyes.
 */
export const passwordCheck = (runFolder = usualRunFolder): string => `#!/bin/sh
# Atelier's agent says by this whether a single-use password of its broker is good. Other passwords are none of its business.
[ "$PAM_TYPE" = auth ] || exit 1
IFS= read -r password
case $password in atelier1.*) ;; *) exit 1 ;; esac
cd '${runFolder}/${runFolders.signIn}' 2>/dev/null || exit 1
umask 077
set -- *
[ $# -lt 200 ] || exit 1
name=$PPID.$$
clean() { rm -f ".$name" "$name.ask" "$name.yes" "$name.no"; }
trap 'clean; exit 1' HUP INT TERM
clean
printf '%s\\n' "user=$PAM_USER" "password=$password" end >".$name" && mv -f ".$name" "$name.ask" || exit 1
n=0 code=1
while [ $n -lt ${steps} ]; do
  if [ -e "$name.yes" ]; then code=0; break; fi
  if [ -e "$name.no" ]; then break; fi
  sleep 0.05
  n=$((n + 1))
done
clean
exit $code
`;
