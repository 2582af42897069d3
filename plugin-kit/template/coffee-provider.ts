// A plug-in to begin with: one class with two methods. Copy the folder, rename, and put your own source in.
import type { CimInstance } from '@atelier/cim';
import type { CimProvider } from '@atelier/plugin-kit';

const className = 'Sample_CoffeeMachine';

/** Called once, in a process of the plug-in's own. `settings` are those of plugin.json. */
export function createProvider(settings: { readonly machines?: readonly string[] }): CimProvider {
  const cups = new Map((settings.machines ?? []).map((name) => [name, 0]));
  const instance = (name: string): CimInstance => ({
    kind: 'instance',
    className,
    values: { Name: name, CupsMade: cups.get(name) ?? 0, Ready: true },
  });
  return {
    name: 'Coffee machines',
    namespace: 'root/sample',
    classes: [
      {
        name: className,
        description: 'A machine that makes coffee.',
        properties: [
          { name: 'Name', type: 'string', key: true },
          { name: 'CupsMade', type: 'uint32' },
          { name: 'Ready', type: 'boolean' },
          { name: 'LastCleaned', type: 'datetime' },
        ],
        methods: [
          {
            name: 'Brew',
            returns: 'uint32',
            description: 'Makes coffee. 0 done.',
            parameters: [
              { name: 'Cups', type: 'uint8', direction: 'in', required: true },
              { name: 'CupsMade', type: 'uint32', direction: 'out' },
            ],
          },
        ],
      },
    ],
    sources: {
      [className]: {
        list: () => [...cups.keys()].map(instance),
        get: async (keys) => {
          const name = [...cups.keys()].find((one) => one.toLowerCase() === String(keys.Name).toLowerCase());
          return name === undefined ? null : instance(name);
        },
        invoke: async (_method, one, input) => {
          const name = String(one?.values.Name);
          const made = (cups.get(name) ?? 0) + Number(input.Cups);
          cups.set(name, made);
          return { CupsMade: made, ReturnValue: 0 };
        },
      },
    },
  };
}
