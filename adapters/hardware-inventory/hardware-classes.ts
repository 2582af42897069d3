import type { CimClass, CimParameter, CimProperty } from '@atelier/cim';

const text = (name: string, more: Partial<CimProperty> = {}): CimProperty => ({ name, type: 'string', ...more });
const number = (name: string, type: CimProperty['type'], more: Partial<CimProperty> = {}): CimProperty => ({
  name,
  type,
  ...more,
});
const key = { key: true } as const;
const input = (parameter: CimProperty, required = true): CimParameter => ({ ...parameter, direction: 'in', required });

const healthStates = {
  0: 'Unknown',
  5: 'OK',
  10: 'Degraded/Warning',
  20: 'Major failure',
  25: 'Critical failure',
} as const;

/** What every element tells of its state (CIM_ManagedSystemElement). */
const state = [
  text('Caption'),
  text('Description'),
  text('ElementName'),
  number('HealthState', 'uint16', { values: healthStates }),
  number('OperationalStatus', 'uint16', { array: true }),
];

/** Keys of a device that belongs to a system. */
const deviceKeys = [
  text('SystemCreationClassName', key),
  text('SystemName', key),
  text('CreationClassName', key),
  text('DeviceID', key),
];

const requestState = {
  name: 'RequestStateChange',
  returns: 'uint32',
  description:
    '2 on, 3 off at once, 4 shut down, 9 power cycle, 11 reset. Gives 0, or 4096 when the machine is on its way.',
  parameters: [input(number('RequestedState', 'uint16')), input({ name: 'TimeoutPeriod', type: 'datetime' }, false)],
} as const;

const base = {
  name: 'CIM_ManagedSystemElement',
  abstract: true,
  description: 'Anything that has a state of health.',
  properties: state,
} satisfies CimClass;

const computerSystem = {
  name: 'ComputerSystem',
  superclass: 'CIM_ComputerSystem',
  description: 'A machine, through its management controller: it answers while the machine is off.',
  properties: [
    text('ControllerAddress', { description: '`local`, or the network address of the management controller.' }),
    text('ControllerFirmware'),
    text('ControllerVersion', { description: 'IPMI version.' }),
    text('PowerRestorePolicy', { description: 'off, previous or on: what happens when the mains come back.' }),
    text('BootDevice', { description: 'What the next start is set to; null when it is not set.' }),
    number('PowerFault', 'boolean'),
    number('ChassisIntrusion', 'boolean'),
    number('DriveFault', 'boolean'),
    number('CoolingFault', 'boolean'),
    number('Identifying', 'boolean'),
  ],
  methods: [
    {
      name: 'Identify',
      returns: 'uint32',
      description: 'Blinks, so that a person finds the machine. 0 ends it; 65535 goes on until then.',
      parameters: [input(number('Seconds', 'uint16'))],
    },
    {
      name: 'SetBootDevice',
      returns: 'uint32',
      description:
        'Sets what the next start, or with Persistent every start, is from: default, network, disk, cdrom or setup.',
      parameters: [
        input(text('Device')),
        input(number('Persistent', 'boolean'), false),
        input(number('Uefi', 'boolean'), false),
      ],
    },
  ],
} satisfies CimClass;

const sensor = {
  name: 'Sensor',
  superclass: 'CIM_Sensor',
  description: 'A sensor of states, without a number.',
  properties: [],
} satisfies CimClass;

const numericSensor = {
  name: 'NumericSensor',
  superclass: 'CIM_NumericSensor',
  description: 'A sensor that measures. CurrentReading · 10^UnitModifier is in BaseUnits.',
  properties: [],
} satisfies CimClass;

const thresholds = ['NonCritical', 'Critical', 'Fatal'];

/** The classes of root/hardware, after Windows' IPMI provider, with CIM's own as their parents. */
export const hardwareClasses: readonly CimClass[] = [
  base,
  {
    name: 'CIM_ComputerSystem',
    superclass: base.name,
    abstract: true,
    properties: [
      text('CreationClassName', key),
      text('Name', key),
      number('EnabledState', 'uint16', { values: { 2: 'Enabled', 3: 'Disabled' } }),
      number('RequestedState', 'uint16'),
    ],
    methods: [requestState],
  },
  computerSystem,
  {
    name: 'AdminDomain',
    superclass: base.name,
    description: 'All machines whose management controllers this agent reaches.',
    properties: [text('CreationClassName', key), text('Name', key)],
  },
  {
    name: 'CIM_Sensor',
    superclass: base.name,
    abstract: true,
    properties: [
      ...deviceKeys,
      number('SensorType', 'uint16'),
      text('OtherSensorTypeDescription'),
      text('CurrentState'),
      text('PossibleStates', { array: true }),
      number('EnabledState', 'uint16'),
    ],
  },
  sensor,
  {
    name: 'CIM_NumericSensor',
    superclass: 'CIM_Sensor',
    abstract: true,
    properties: [
      number('BaseUnits', 'uint16'),
      number('UnitModifier', 'sint32'),
      number('RateUnits', 'uint16'),
      ...['CurrentReading', 'NominalReading', 'NormalMax', 'NormalMin', 'MaxReadable', 'MinReadable'].map((name) =>
        number(name, 'sint32'),
      ),
      ...thresholds.flatMap((level) => [
        number(`LowerThreshold${level}`, 'sint32'),
        number(`UpperThreshold${level}`, 'sint32'),
      ]),
      number('SupportedThresholds', 'uint16', { array: true }),
      number('EnabledThresholds', 'uint16', { array: true }),
    ],
  },
  numericSensor,
  {
    name: 'RecordLog',
    superclass: base.name,
    description: 'The system event log of a management controller.',
    properties: [
      text('InstanceID', key),
      text('Name'),
      number('CurrentNumberOfRecords', 'uint64'),
      number('MaxNumberOfRecords', 'uint64'),
      number('OverwritePolicy', 'uint16'),
      number('EnabledState', 'uint16'),
      number('Overflow', 'boolean'),
    ],
    methods: [{ name: 'ClearLog', returns: 'uint32', description: 'Empties the log.', parameters: [] }],
  },
  {
    name: 'LogRecord',
    superclass: base.name,
    description: 'One record of a system event log.',
    properties: [
      text('LogCreationClassName', key),
      text('LogName', key),
      text('CreationClassName', key),
      text('RecordID', key),
      { name: 'MessageTimestamp', type: 'datetime' },
      text('RecordFormat'),
      text('RecordData'),
      text('DataFormat', { description: 'What happened, in IPMI’s words.' }),
      text('SensorName'),
      number('Asserted', 'boolean'),
    ],
  },
  {
    name: 'Watchdog',
    superclass: base.name,
    description: 'The timer that acts when the operating system no longer feeds it.',
    properties: [
      ...deviceKeys,
      number('TimeoutInterval', 'uint32', { units: 'microseconds' }),
      number('MonitoredEntity', 'uint16'),
      text('ActionOnExpiration'),
      number('Running', 'boolean'),
      number('TimeLeft', 'uint32', { units: 'microseconds' }),
    ],
    methods: [
      {
        name: 'SetTimer',
        returns: 'uint32',
        description: 'Sets seconds and action (none, reset, off, cycle); the timer runs from the first KeepAlive on.',
        parameters: [input(text('Action')), input(number('Seconds', 'uint32'))],
      },
      { name: 'KeepAlive', returns: 'uint32', description: 'Feeds the watchdog.', parameters: [] },
    ],
  },
  {
    name: 'PhysicalPackage',
    superclass: base.name,
    description: 'A part that describes itself (FRU).',
    properties: [
      text('CreationClassName', key),
      text('Tag', key),
      text('SystemName'),
      text('Manufacturer'),
      text('Model'),
      text('PartNumber'),
      text('SerialNumber'),
      text('Version'),
      text('AssetTag'),
      { name: 'ManufactureDate', type: 'datetime' },
    ],
  },
];

/** Windows' raw way to a controller, in root/wmi. */
export const microsoftIpmi: CimClass = {
  name: 'Microsoft_IPMI',
  description: 'A management controller, for commands that have no class.',
  properties: [text('InstanceName', key), number('Active', 'boolean'), number('BMCAddress', 'uint8')],
  methods: [
    {
      name: 'RequestResponse',
      returns: 'uint32',
      parameters: [
        input(number('NetworkFunction', 'uint8')),
        input(number('Lun', 'uint8')),
        input(number('ResponderAddress', 'uint8')),
        input(number('Command', 'uint8')),
        input(number('RequestDataSize', 'uint32')),
        // An empty array is not written at all.
        input(number('RequestData', 'uint8', { array: true }), false),
        { name: 'CompletionCode', type: 'uint8', direction: 'out' },
        { name: 'ResponseDataSize', type: 'uint32', direction: 'out' },
        { name: 'ResponseData', type: 'uint8', array: true, direction: 'out' },
      ],
    },
  ],
};
