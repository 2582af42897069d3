import { type CimValue, dateTimeOf } from '@atelier/cim';
import type { CimProvider } from '@atelier/plugin-kit';
import { defineClass, instanceOf } from '../define-class.ts';
import { settingProperties } from './setting-properties.ts';

/** How a user's first-time set-up of a workspace went. */
export interface FirstTimeSetupStatus {
  readonly user: string;
  readonly machine: string;
  /** 0 when all went well, else the number of the event that tells what failed. */
  readonly statusCode: number;
  readonly time: Date;
}

/** Settings by the names of MED-V; those that are not named are null. */
export type MedvSettings = Readonly<
  Record<string, string | number | boolean | readonly string[] | readonly number[] | null>
>;

/** What the client tells of itself. */
export interface MedvFacts {
  /** One for each user. */
  firstTimeSetups(signal: AbortSignal): Promise<readonly FirstTimeSetupStatus[]>;
  /** Null when there is no workspace whose settings could be in force. */
  settings(signal: AbortSignal): Promise<MedvSettings | null>;
}

const status = defineClass({
  name: 'FTS_Status',
  keys: 'User',
  string: 'User Machine',
  uint32: 'StatusCode',
  datetime: 'Time',
  description: 'Outcome of the first-time set-up of a workspace, one for each user.',
});

const setting = {
  name: 'Setting',
  singleton: true,
  description: 'Settings of the workspace that are in force.',
  properties: settingProperties,
};

/** `root/microsoft/medv`: the two classes by which administrators of MED-V watch its clients. */
export const createMedvProvider = (facts: MedvFacts): CimProvider => ({
  name: 'Workspace client',
  namespace: 'root/microsoft/medv',
  classes: [status, setting],
  sources: {
    FTS_Status: {
      list: async function* (_, context) {
        for (const one of await facts.firstTimeSetups(context.signal))
          yield instanceOf('FTS_Status', {
            User: one.user,
            Machine: one.machine,
            StatusCode: one.statusCode,
            Time: dateTimeOf(one.time),
          });
      },
    },
    Setting: {
      list: async function* (_, context) {
        const given = await facts.settings(context.signal);
        if (!given) return;
        const known = settingProperties.filter((one) => given[one.name] !== undefined);
        const values = Object.fromEntries(known.map((one) => [one.name, given[one.name] as CimValue]));
        yield instanceOf('Setting', values);
      },
    },
  },
});
