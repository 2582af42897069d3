/** Names of base units by their number (IPMI 2.0 table 43-15), as CIM's BaseUnits and people call them. */
const units: Readonly<Record<number, string>> = {
  1: 'degrees C',
  2: 'degrees F',
  3: 'degrees K',
  4: 'volts',
  5: 'amps',
  6: 'watts',
  7: 'joules',
  8: 'coulombs',
  9: 'VA',
  10: 'nits',
  16: 'kPa',
  17: 'PSI',
  18: 'RPM',
  19: 'Hz',
  20: 'microseconds',
  21: 'milliseconds',
  22: 'seconds',
  23: 'minutes',
  24: 'hours',
  25: 'days',
  26: 'weeks',
  41: 'bits',
  70: 'bytes',
};

/** The unit's name, '' for none or one that nobody uses. */
export const unitName = (unit: number): string => units[unit] ?? '';

/** Kinds of sensors (table 42-3). */
const kinds: Readonly<Record<number, string>> = {
  1: 'Temperature',
  2: 'Voltage',
  3: 'Current',
  4: 'Fan',
  5: 'Physical Security',
  6: 'Platform Security Violation Attempt',
  7: 'Processor',
  8: 'Power Supply',
  9: 'Power Unit',
  10: 'Cooling Device',
  11: 'Other Units-based Sensor',
  12: 'Memory',
  13: 'Drive Slot',
  15: 'System Firmware Progress',
  16: 'Event Logging Disabled',
  17: 'Watchdog 1',
  18: 'System Event',
  19: 'Critical Interrupt',
  20: 'Button',
  21: 'Module / Board',
  25: 'Chip Set',
  27: 'Cable / Interconnect',
  29: 'System Boot Initiated',
  31: 'OS Boot',
  32: 'OS Stop / Shutdown',
  33: 'Slot / Connector',
  34: 'System ACPI Power State',
  35: 'Watchdog 2',
  37: 'Entity Presence',
  40: 'Management Subsystem Health',
  41: 'Battery',
  43: 'Version Change',
  44: 'FRU State',
};

/** The kind's name; numbers that the standard does not know read `OEM 0xNN`. */
export const sensorKindName = (kind: number): string => kinds[kind] ?? `OEM 0x${kind.toString(16).padStart(2, '0')}`;
