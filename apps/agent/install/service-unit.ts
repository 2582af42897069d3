/** Where the unit goes. */
export const unitPath = '/etc/systemd/system/atelier-agent.service';
export const pamPath = '/etc/pam.d/atelier';

/** Rules of PAM for the agent: those of the system. */
export const pamRules = `# Who may log on to Atelier's agent (WS-Management): whoever the system lets in.
@include common-auth
@include common-account
`;

/**
 * The agent as a service. A shell that it opens is an administrator's shell, so the unit does not fence in what such a person must be able to do;
 * it keeps the agent's own state and memory from others and lets nothing outlive it.
 */
export const serviceUnit = (program: string): string => `[Unit]
Description=Atelier agent: manages this machine over WS-Management
Wants=network-online.target
After=network-online.target nss-user-lookup.target

[Service]
Type=notify
NotifyAccess=all
Environment=ATELIER_NO_INSTALL=1
# Small rather than fast to grow: an agent rests nearly always (it measures the same at work).
Environment="NODE_OPTIONS=--v8-pool-size=1 --max-semi-space-size=4 --expose-gc"
Environment=MALLOC_ARENA_MAX=1
Environment=ATELIER_AGENT_STATE=/var/lib/atelier-agent
ExecStart=${program} agent run
# Reads the plug-ins again; shells stay open.
ExecReload=/bin/kill -HUP $MAINPID
StateDirectory=atelier-agent
StateDirectoryMode=0700
UMask=0077
Restart=on-failure
RestartSec=2
TimeoutStopSec=30
# Whatever a shell has started goes with the agent, also when the agent is killed.
KillMode=control-group
SendSIGKILL=yes
# Passwords pass through its memory: no core dumps, no shared keyring.
LimitCORE=0
KeyringMode=private
LimitNOFILE=65536
OOMPolicy=continue
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
