/** What `winrm -?` prints. */
export const winrmHelp = `winrm manages a host over WS-Management, as Windows' own winrm does.

  winrm get RESOURCE                         a resource's properties
  winrm set RESOURCE @{Name="value";…}       change properties
  winrm create RESOURCE @{Name="value";…}    make a new instance
  winrm delete RESOURCE                      take an instance away
  winrm enumerate RESOURCE                   all instances
  winrm invoke METHOD RESOURCE [@{…}]        call a method
  winrm identify                             which product listens there
  winrm configure [PART] [@{…}]              short for get and set of winrm/config/PART
  winrm helpmsg NUMBER                       what an error number means
Each verb may be shortened: g, s, c, d, e, i, id.

RESOURCE is a URI, which may begin with an alias: wmi/, wmicimv2/, cimv2/, winrm/, wsman/, shell/,
with selectors behind it: wmicimv2/Win32_Service?Name=ssh

The host     -r:HOST or -r:http://HOST:PORT/PREFIX   (default: this computer)
             -usessl  -port:N  -timeout:MILLISECONDS  -encoding:utf-8|utf-16  -locale:fr-FR
Who asks     -u:USER  -a:none|basic|negotiate|kerberos|certificate|credssp  -certificate:FILE.pem
             The password is asked for, or taken from ATELIER_WINRM_PASSWORD, or from standard input with -p:-
Trust        -ca:FILE.pem  -fingerprint:SHA256  -skipCAcheck  -skipCNcheck  -unencrypted
What         -fragment:PATH  -options:{…}  -file:FILE.xml
             -filter:TEXT  -dialect:wql|selector|association|URI  -associations  -shallow  -basepropertiesonly
             -returntype:object|epr|objectandepr
Answer       -format:text|xml|pretty

Examples:
  winrm id -r:host.example.org -a:none
  winrm get wmicimv2/Win32_OperatingSystem -r:host.example.org -u:ada
  winrm e winrm/config/listener -r:host.example.org -u:ada
  winrm e wmicimv2/* -filter:"select Name from Win32_Service where State='Running'" -r:HOST -u:ada
  winrm i StartService wmicimv2/Win32_Service?Name=cron -r:HOST -u:ada
  winrm set winrm/config/service @{MaxConnections="100"} -r:HOST -u:ada
`;

/** What `winrs -?` prints. */
export const winrsHelp = `winrs runs a command on a host over WS-Management, as Windows' own winrs does.

  winrs -r:HOST [switches] COMMAND

  -u:USER  -a:KIND  -usessl  -port:N  …      as for winrm (winrm -?)
  -d:FOLDER                                  where the command starts
  -env:NAME=VALUE                            a variable of its environment
  -t:SECONDS                                 end the command after this time
  -nop                                       do not load the user's profile
  -noe                                       do not echo what is typed
  -skipshell                                 run the program itself, not through the host's command interpreter
  -tty                                       a terminal of its own there (Atelier's hosts)

Standard input goes to the command, Ctrl-C interrupts it, and its exit code is that of winrs.
Examples:
  winrs -r:host.example.org -u:ada uname -a
  winrs -r:host.example.org -u:ada -usessl "cat > /tmp/x" < file
`;
