import type { EnumeratedItem, OperationContext, ResourceProvider } from '@atelier/plugin-kit';
import {
  dialects,
  element,
  fault,
  ns,
  type ResourceReference,
  readSelectorFilter,
  selectorValue,
  writeShell,
} from '@atelier/wsman';
import type { SettingsStore } from '../config/settings-store.ts';
import { type OpenShell, shellState } from './open-shell.ts';
import type { ShellTable } from './shell-table.ts';

const uri = ns.shell;
/** Such shells are got and deleted under their own URIs, which are not below ours. */
const powerShell = 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell';

const reference = (one: OpenShell): ResourceReference => ({
  resourceUri: one.resourceUri,
  selectors: [{ name: 'ShellId', value: one.id }],
});

/** Open shells as resources: Get and Delete of one, Enumerate of one's own (administrators see all), and of the commands in one. */
export function shellsProvider(shells: ShellTable, settings: SettingsStore): ResourceProvider {
  const written = async (one: OpenShell) =>
    writeShell(await shellState(one, settings.current.config.Winrs.IdleTimeout));

  async function* enumerateShells(context: OperationContext): AsyncIterable<EnumeratedItem> {
    for (const one of shells.all)
      if (context.user.administrator || one.owner.name === context.user.name)
        yield { item: await written(one), reference: reference(one) };
  }

  async function* enumerateCommands(one: OpenShell): AsyncIterable<EnumeratedItem> {
    for (const { id, line } of one.commands.values()) {
      const item = element(
        ns.shell,
        'Command',
        null,
        element(ns.shell, 'CommandId', null, id),
        element(ns.shell, 'CommandLine', null, line),
      );
      yield {
        item,
        reference: {
          ...reference(one),
          selectors: [
            { name: 'ShellId', value: one.id },
            { name: 'CommandId', value: id },
          ],
        },
      };
    }
  }

  return {
    name: 'shells',
    resources: [
      {
        uri,
        exact: false,
        capabilities: ['get', 'delete', 'enumerate', 'shell'],
        filterDialects: [dialects.selector],
        options: [],
      },
      ...(shells.provider(powerShell)
        ? [
            {
              uri: `${powerShell.slice(0, powerShell.lastIndexOf('/') + 1)}`,
              exact: false,
              capabilities: ['get', 'delete', 'shell'] as const,
              options: [],
            },
          ]
        : []),
    ],
    get: async (resource, context) => written(shells.find(resource, context.user)),
    delete: async (resource, context) => shells.close(shells.find(resource, context.user)),
    enumerate: (request, context) => {
      if (!/\/shell\/command$/i.test(request.resourceUri)) return enumerateShells(context);
      if (request.mode !== 'object') throw fault('shellCommandsReferencesNotSupported');
      const filter = request.filter && { ...request, selectors: readSelectorFilter(request.filter) };
      if (!filter || selectorValue(filter, 'ShellId') === null) throw fault('shellCommandsFilterExpected');
      return enumerateCommands(shells.find(filter, context.user));
    },
  };
}
