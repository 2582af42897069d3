import { z } from 'zod';

const qemu = z.object({
  /** Name of the machine that these run on; brokers elsewhere leave them to the one there. */
  machine: z.string().min(1).max(253).optional(),
  /** Where brokers reach the guests: an address of that machine. Others than the loopback need a network that is kept from people. */
  address: z.ipv4('is no IPv4 address').default('127.0.0.1'),
  accelerator: z.enum(['kvm', 'tcg', 'best']).default('best'),
});

const libvirt = z.object({
  /** Such as `qemu+ssh://broker@host/system`. */
  uri: z
    .string()
    .max(500)
    .regex(/^[a-z][a-z0-9+.-]*:\/\/\S+$/, 'is no address of libvirt such as qemu+ssh://broker@host/system')
    .refine((uri) => !/^[^/]*\/\/[^/@]*:[^/@]*@/.test(uri), 'must not hold a password: keep a secret instead'),
  /** For each command. */
  timeoutSeconds: z.number().int().min(1).max(600).default(30),
});

const ipmi = z.object({
  user: z.string().min(1).max(64),
  /** In place of the secret `password`: a file with it on one line, on the broker's machine, that only the broker's user may read. */
  passwordFile: z.string().startsWith('/', 'is no whole path of a file').max(1000).optional(),
  port: z.number().int().min(1).max(65_535).default(623),
});

const wakeOnLan = z.object({
  /** The broadcast address of the machines' network, or a relay there that passes packets on. */
  broadcast: z.string().min(1).max(253).default('255.255.255.255'),
  port: z.number().int().min(1).max(65_535).default(9),
});

const command = z.object({
  /** The administrator's program, on the broker's machine. It gets `power`, `start`, `cancel`, `off`, `hard` or `endpoints`, then the target's name. */
  program: z.string().startsWith('/', 'is no whole path of a program').max(1000),
  timeoutSeconds: z.number().int().min(1).max(600).default(60),
  /** It also answers `endpoints`, with a JSON list such as [{"address": "10.0.0.7", "port": 3389}]. */
  tellsEndpoints: z.boolean().default(false),
});

/** The settings of an environment, by the driver that switches its machines. */
export const environmentSettings = { qemu, libvirt, ipmi, 'wake-on-lan': wakeOnLan, command } as const;
export type EnvironmentDriver = keyof typeof environmentSettings;

/** The drivers that come with the broker. Other names are those of plug-ins, whose affair the settings are. */
export const environmentDrivers = Object.keys(environmentSettings) as readonly EnvironmentDriver[];

/** Whether machines with this driver are switched by the broker itself. */
export const isEnvironmentDriver = (name: string): name is EnvironmentDriver =>
  Object.hasOwn(environmentSettings, name);

/**
 * What a driver needs that nobody may read: it is kept sealed, and never shown. `password` of controllers; `ssh-key`, a private key without a passphrase
 * for `qemu+ssh`; `input`, which a program gets on its standard input.
 */
export const environmentSecrets: Readonly<Record<EnvironmentDriver, readonly EnvironmentSecret[]>> = {
  qemu: [],
  libvirt: ['ssh-key'],
  ipmi: ['password'],
  'wake-on-lan': [],
  command: ['input'],
};
export const environmentSecretSchema = z.enum(['password', 'ssh-key', 'input']);
export type EnvironmentSecret = z.infer<typeof environmentSecretSchema>;

/** What is wrong with the settings of an environment, by field; of drivers that are none of ours nothing. */
export function environmentIssues(
  driver: string,
  settings: unknown,
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  if (!isEnvironmentDriver(driver)) return [];
  const known = Object.keys(environmentSettings[driver].shape);
  const strange = Object.keys((settings ?? {}) as object).filter((one) => !known.includes(one));
  return [
    ...strange.map((one) => ({ path: [one], message: `is no setting of ${driver}: take ${known.join(', ')}` })),
    ...(environmentSettings[driver].safeParse(settings).error?.issues ?? []),
  ];
}
