import type { CimInstance, CimValue } from '@atelier/cim';
import { defineClass, instanceOf } from '../define-class.ts';
import type { ClassFamily } from '../family.ts';
import { type LinuxHost, readPairs } from '../linux-host.ts';

const timeZone = defineClass({
  name: 'Win32_TimeZone',
  superclass: 'CIM_Setting',
  keys: 'StandardName',
  string: 'StandardName DaylightName',
  sint32: 'Bias DaylightBias',
  uint32:
    'DaylightDay DaylightHour DaylightMillisecond DaylightMinute DaylightMonth DaylightSecond DaylightYear StandardBias StandardDay StandardHour StandardMillisecond StandardMinute StandardMonth StandardSecond StandardYear',
  uint8: 'DaylightDayOfWeek StandardDayOfWeek',
});
const clock = defineClass({
  name: 'Win32_CurrentTime',
  abstract: true,
  uint32: 'Day DayOfWeek Hour Milliseconds Minute Month Quarter Second WeekInMonth Year',
});
const environment = defineClass({
  name: 'Win32_Environment',
  superclass: 'CIM_LogicalElement',
  keys: 'Name UserName',
  string: 'Name UserName VariableValue',
  boolean: 'SystemVariable',
});
const pageFile = defineClass({
  name: 'Win32_PageFileUsage',
  superclass: 'CIM_LogicalElement',
  keys: 'Name',
  string: 'Name',
  uint32: 'AllocatedBaseSize CurrentUsage PeakUsage',
  boolean: 'TempPageFile',
  units: { AllocatedBaseSize: 'megabytes', CurrentUsage: 'megabytes' },
});
const share = defineClass({
  name: 'Win32_Share',
  superclass: 'CIM_LogicalElement',
  keys: 'Name',
  string: 'Name Path',
  uint32: 'AccessMask MaximumAllowed Type',
  boolean: 'AllowMaximum',
});
const startup = defineClass({
  name: 'Win32_StartupCommand',
  superclass: 'CIM_Setting',
  keys: 'Command Location Name User',
  string: 'Command Location Name User UserSID',
});
const job = defineClass({
  name: 'Win32_ScheduledJob',
  superclass: 'CIM_Job',
  keys: 'JobId',
  uint32: 'JobId DaysOfMonth DaysOfWeek',
  string: 'Command',
  boolean: 'InteractWithDesktop RunRepeatedly',
});

function clockOf(className: string, now: Date, utc: boolean): CimInstance {
  const at = utc ? now : new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const day = at.getUTCDate();
  return instanceOf(className, {
    Year: at.getUTCFullYear(),
    Month: at.getUTCMonth() + 1,
    Day: day,
    DayOfWeek: at.getUTCDay(),
    Hour: at.getUTCHours(),
    Minute: at.getUTCMinutes(),
    Second: at.getUTCSeconds(),
    Milliseconds: at.getUTCMilliseconds(),
    Quarter: Math.floor(at.getUTCMonth() / 3) + 1,
    WeekInMonth: Math.ceil(
      (day + ((new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)).getUTCDay() + 6) % 7)) / 7,
    ),
  });
}

async function zoneOf(host: LinuxHost): Promise<CimInstance> {
  const linked = (await host.link('etc/localtime'))?.replace(/^.*zoneinfo\//, '') ?? null;
  const name = linked ?? (await host.line('etc/timezone')) ?? 'UTC';
  const year = new Date().getFullYear();
  const offset = (month: number): number => {
    const at = new Date(Date.UTC(year, month, 1));
    try {
      const text = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }).format(at);
      const found = /GMT([+-])(\d{2}):(\d{2})/.exec(text);
      return found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
    } catch {
      // A zone of the machine's own making is not in the runtime's table.
      return 0;
    }
  };
  const [winter, summer] = [Math.min(offset(0), offset(6)), Math.max(offset(0), offset(6))];
  return instanceOf('Win32_TimeZone', {
    StandardName: name,
    DaylightName: name,
    Caption: `(UTC${winter < 0 ? '-' : '+'}${String(Math.floor(Math.abs(winter) / 60)).padStart(2, '0')}:${String(Math.abs(winter) % 60).padStart(2, '0')}) ${name}`,
    Description: name,
    SettingID: name,
    Bias: winter,
    StandardBias: 0,
    DaylightBias: winter === summer ? 0 : winter - summer,
  });
}

async function* swaps(host: LinuxHost): AsyncIterable<CimInstance> {
  for (const row of ((await host.text('proc/swaps')) ?? '').split('\n').slice(1)) {
    const [name, , size, used] = row.trim().split(/\s+/);
    if (name && size)
      yield instanceOf('Win32_PageFileUsage', {
        Name: name,
        Caption: name,
        Description: name,
        Status: 'OK',
        AllocatedBaseSize: Math.round(Number(size) / 1024),
        CurrentUsage: Math.round(Number(used) / 1024),
        TempPageFile: false,
      });
  }
}

async function* variables(host: LinuxHost): AsyncIterable<CimInstance> {
  for (const [name, value] of readPairs(await host.text('etc/environment'), '='))
    yield instanceOf('Win32_Environment', {
      Name: name.replace(/^export\s+/, ''),
      UserName: '<SYSTEM>',
      VariableValue: value,
      SystemVariable: true,
      Caption: `<SYSTEM>\\${name}`,
      Description: `<SYSTEM>\\${name}`,
      Status: 'OK',
    });
}

/** Sections of smb.conf that are shares: all but `global`, `homes` and `printers`. */
async function* shares(host: LinuxHost): AsyncIterable<CimInstance> {
  const text = (await host.text('etc/samba/smb.conf')) ?? '';
  for (const section of text.split(/^\s*\[/m).slice(1)) {
    const name = section.slice(0, section.indexOf(']')).trim();
    if (/^(global|homes|printers|print\$)$/i.test(name)) continue;
    const values: Record<string, CimValue> = {
      Name: name,
      Caption: /^\s*comment\s*=\s*(.+)$/m.exec(section)?.[1]?.trim() ?? name,
      Description: /^\s*comment\s*=\s*(.+)$/m.exec(section)?.[1]?.trim() ?? '',
      Path: /^\s*path\s*=\s*(.+)$/m.exec(section)?.[1]?.trim() ?? null,
      Type: 0,
      AllowMaximum: true,
      Status: 'OK',
    };
    yield instanceOf('Win32_Share', values);
  }
}

/** Programs that start with a desktop session. */
async function* startups(host: LinuxHost): AsyncIterable<CimInstance> {
  for (const file of (await host.entries('etc/xdg/autostart')).filter((one) => one.endsWith('.desktop'))) {
    const pairs = readPairs(await host.text(`etc/xdg/autostart/${file}`), '=');
    const command = pairs.get('Exec');
    if (command && pairs.get('Hidden') !== 'true')
      yield instanceOf('Win32_StartupCommand', {
        Name: pairs.get('Name') ?? file,
        Caption: pairs.get('Name') ?? file,
        Description: pairs.get('Comment') ?? file,
        Command: command,
        Location: '/etc/xdg/autostart',
        User: 'Public',
      });
  }
}

/** Rows of the system's crontabs. */
async function* jobs(host: LinuxHost): AsyncIterable<CimInstance> {
  let id = 0;
  const files = ['etc/crontab', ...(await host.entries('etc/cron.d')).toSorted().map((one) => `etc/cron.d/${one}`)];
  for (const file of files)
    for (const row of ((await host.text(file)) ?? '').split('\n')) {
      const found = /^\s*(?:@\w+|(?:[\d*/,A-Za-z-]+\s+){4}[\d*/,A-Za-z-]+)\s+(\S+)\s+(\S.*)$/.exec(row);
      if (!found || row.trim().startsWith('#')) continue;
      yield instanceOf('Win32_ScheduledJob', {
        JobId: ++id,
        Name: `${file}:${id}`,
        Caption: row.trim(),
        Command: found[2]!,
        Owner: found[1]!,
        RunRepeatedly: true,
        InteractWithDesktop: false,
        JobStatus: 'Success',
        Status: 'OK',
      });
    }
}

/** Time, environment, swap, shares and what starts by itself. */
export const settingsFamily = (host: LinuxHost): ClassFamily => ({
  classes: [
    timeZone,
    clock,
    { name: 'Win32_LocalTime', superclass: 'Win32_CurrentTime', singleton: true, properties: [] },
    { name: 'Win32_UTCTime', superclass: 'Win32_CurrentTime', singleton: true, properties: [] },
    environment,
    pageFile,
    share,
    startup,
    job,
  ],
  sources: {
    Win32_TimeZone: {
      list: async function* () {
        yield await zoneOf(host);
      },
    },
    Win32_LocalTime: { list: () => [clockOf('Win32_LocalTime', new Date(), false)] },
    Win32_UTCTime: { list: () => [clockOf('Win32_UTCTime', new Date(), true)] },
    Win32_Environment: { list: () => variables(host) },
    Win32_PageFileUsage: { list: () => swaps(host) },
    Win32_Share: { list: () => shares(host) },
    Win32_StartupCommand: { list: () => startups(host) },
    Win32_ScheduledJob: { list: () => jobs(host) },
  },
});
