import { describe, expect, it } from 'vitest';
import {
  type CimClass,
  CimError,
  type CimInstance,
  compileWhere,
  createClassRegistry,
  parseObjectPath,
  parseWql,
  requiredEquals,
  resolveObjectPath,
  type SelectQuery,
  usedProperties,
} from '../../index.ts';
import { likePattern } from './like-pattern.ts';

const classes: readonly CimClass[] = [
  { name: 'CIM_Process', abstract: true, properties: [{ name: 'Handle', type: 'string', key: true }] },
  {
    name: 'Win32_Process',
    superclass: 'CIM_Process',
    properties: [
      { name: 'Name', type: 'string' },
      { name: 'ProcessId', type: 'uint32' },
      { name: 'Bytes', type: 'uint64' },
      { name: 'Up', type: 'boolean' },
      { name: 'Born', type: 'datetime' },
      { name: 'Tags', type: 'string', array: true },
      { name: 'Path', type: 'string' },
    ],
  },
  { name: '__InstanceCreationEvent', properties: [{ name: 'TargetInstance', type: 'instance' }] },
];
const registry = createClassRegistry(classes);
const process: CimInstance = {
  kind: 'instance',
  className: 'Win32_Process',
  values: {
    Handle: '42',
    Name: 'Init',
    ProcessId: 42,
    Bytes: 9007199254740993n,
    Up: true,
    Born: { kind: 'datetime', text: '20240101120000.000000+060' },
    Tags: ['a', 'B'],
  },
};
const event: CimInstance = {
  kind: 'instance',
  className: '__InstanceCreationEvent',
  values: { TargetInstance: process },
};
const select = (text: string): SelectQuery => parseWql(text) as SelectQuery;
const holds = (where: string): boolean => {
  const query = select(`SELECT * FROM Win32_Process WHERE ${where}`);
  return compileWhere(query, registry.need(query.className), registry)(process);
};

describe('WQL', () => {
  it.each([
    ['Name = "init"', true],
    ["Name <> 'init'", false],
    ['42 = ProcessId', true],
    ['41 < ProcessId and processid <= 0x2a', true],
    ['Bytes = 9007199254740993', true],
    ['Bytes = 9007199254740992', false],
    ["Bytes > '9007199254740992'", true],
    ['Up = TRUE AND NOT Up = 0', true],
    ["Up = 'false'", false],
    ["Born = '20240101110000.000000+000'", true],
    ["Born < '2024-01-01T11:00:00.5Z'", true],
    ["Born >= '12/31/2023'", true],
    ["Name LIKE 'i%' AND Name LIKE '_n[h-j]t' AND NOT Name LIKE '[^i]%'", true],
    ['Path IS NULL AND Name IS NOT NULL', true],
    ['Path = NULL', true],
    ["Path = 'x' OR NOT Path = 'x'", false],
    ["NOT (Path = 'x' AND Name = 'y')", true],
    ["Tags = 'b'", true],
    ["__CLASS = 'win32_process'", true],
    ["__this ISA 'CIM_Process'", true],
    ['Handle = ProcessId', true],
    ['Handle = 42', true],
  ])('%s is %s', (where, expected) => {
    expect(holds(where)).toBe(expected);
  });

  it('reads what tells of events', () => {
    const query = select(
      "SELECT TargetInstance.Name FROM __InstanceCreationEvent WITHIN 2.5 WHERE TargetInstance ISA 'CIM_Process' AND TargetInstance.ProcessId > 40 GROUP WITHIN 10 BY TargetInstance.Name HAVING NumberOfEvents >= 3",
    );
    expect(query).toMatchObject({
      within: 2.5,
      group: { seconds: 10, by: [['TargetInstance', 'Name']], having: { operator: '>=', count: 3 } },
    });
    const fits = compileWhere(query, registry.need(query.className), registry);
    expect(fits(event)).toBe(true);
    expect(fits({ ...event, values: { TargetInstance: null } })).toBe(false);
  });

  it('reads associations and object paths', () => {
    expect(
      parseWql("ASSOCIATORS OF {Win32_Service.Name='a}\\'b'} WHERE AssocClass=Win32_X ResultClass = Y KeysOnly"),
    ).toEqual({
      kind: 'associators',
      object: { namespace: null, className: 'Win32_Service', keys: { Name: "a}'b" } },
      associationClass: 'Win32_X',
      resultClass: 'Y',
      role: null,
      resultRole: null,
      classDefinitionsOnly: false,
      keysOnly: true,
    });
    expect(resolveObjectPath(parseObjectPath('\\\\.\\root\\cimv2:win32_process="42"'), registry)).toEqual({
      kind: 'reference',
      namespace: 'root\\cimv2',
      className: 'Win32_Process',
      keys: { Handle: '42' },
    });
  });

  it('tells a source what it may skip', () => {
    const query = select("SELECT Name FROM Win32_Process WHERE ProcessId = 42 AND (Up = TRUE OR Name = 'x')");
    const type = registry.need('Win32_Process');
    expect(requiredEquals(query.where, type)).toEqual({ ProcessId: 42 });
    const typed = select(
      "SELECT * FROM Win32_Process WHERE Up = 1 AND Bytes = 9007199254740993 AND ProcessId = '0x2a'",
    );
    expect(requiredEquals(typed.where, type)).toEqual({ Up: true, Bytes: 9007199254740993n, ProcessId: 42 });
    const never = select("SELECT * FROM Win32_Process WHERE ProcessId = -1 AND Born = '2024-01-01'");
    expect(requiredEquals(never.where, type)).toEqual({});
    expect(usedProperties(query, type)).toEqual(['Name', 'ProcessId', 'Up', 'Handle']);
  });

  it.each([
    ['', /character 1 where SELECT/],
    ['SELECT * FROM', /the query ends at character 14 where a class/],
    ['SELECT * FROM Win32_Process WHERE Name', /the query ends at character 39 where a comparison/],
    ["SELECT * FROM Win32_Process WHERE Name = 'x", /no closing quote/],
    ['SELECT * FROM Win32_Process WHERE Name ! 1', /unexpected "!" at character 40/],
    ['SELECT * FROM Win32_Process WHERE Nope = 1', /no property Nope \(character 35\)/],
    ["SELECT * FROM Win32_Process WHERE ProcessId = 'many'", /cannot be compared with a uint32/],
    ["SELECT * FROM Win32_Process WHERE Born = 'soon'", /cannot be compared with a datetime/],
    ['SELECT Nope FROM Win32_Process', /no property Nope/],
    ['SELECT * FROM Win32_Process; DROP', /unexpected ";"/],
    ['ASSOCIATORS OF {Win32_Service.Name=} WHERE', /no value/],
    [`SELECT * FROM Win32_Process WHERE ${'('.repeat(100)}`, /deeper than 64/],
    [`SELECT * FROM Win32_Process WHERE ${'NOT '.repeat(9000)}`, /deeper|characters|words/],
  ])('says what is wrong, and where: %s', (text, complaint) => {
    expect(() => {
      const query = select(text);
      compileWhere(query, registry.need(query.className), registry);
    }).toThrow(complaint);
  });

  it('withstands 20,000 damaged queries with errors of its own only', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const pieces = [
      'SELECT',
      '*',
      'FROM',
      'Win32_Process',
      'WHERE',
      'Name',
      '=',
      "'x'",
      '{a.b="c"}',
      '(',
      ')',
      'AND',
      'NOT',
      'ISA',
      'LIKE',
      '0x',
      '1e9',
      '.',
      ',',
      'NULL',
      '"',
      '\\',
      '\u0000',
      'GROUP',
      'WITHIN',
      'Born',
      'OF',
      'ASSOCIATORS',
    ];
    let refused = 0;
    for (let n = 0; n < 20_000; n++) {
      const words = ['SELECT * FROM Win32_Process WHERE'];
      if (random(3) === 0) words.pop();
      for (let left = random(12); left > 0; left--) words.push(pieces[random(pieces.length)]!);
      try {
        const query = parseWql(words.join(' '));
        if (query.kind === 'select') compileWhere(query, registry.need('Win32_Process'), registry)(process);
      } catch (error) {
        if (!(error instanceof CimError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });

  it('matches hostile patterns in bounded time', () => {
    expect(likePattern(`${'%a'.repeat(500)}b`)('a'.repeat(5000))).toBe(false);
  });
});
