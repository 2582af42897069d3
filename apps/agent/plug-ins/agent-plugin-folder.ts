/** Where plug-ins lie: `ATELIER_AGENT_PLUGINS`, or `/etc/atelier/plug-ins`. */
export function agentPluginFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.ATELIER_AGENT_PLUGINS || '/etc/atelier/plug-ins';
}
