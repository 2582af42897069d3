import type { EventLogRecord } from './event-log.ts';

const thresholds = [
  'Lower Non-critical going low',
  'Lower Non-critical going high',
  'Lower Critical going low',
  'Lower Critical going high',
  'Lower Non-recoverable going low',
  'Lower Non-recoverable going high',
  'Upper Non-critical going low',
  'Upper Non-critical going high',
  'Upper Critical going low',
  'Upper Critical going high',
  'Upper Non-recoverable going low',
  'Upper Non-recoverable going high',
];

/** Sensor-specific states (IPMI 2.0 table 42-3) that administrators meet. */
const specific: Readonly<Record<number, readonly string[]>> = {
  5: ['General Chassis Intrusion', 'Drive Bay Intrusion', 'I/O Card Area Intrusion', 'Processor Area Intrusion'],
  7: [
    'IERR',
    'Thermal Trip',
    'FRB1/BIST failure',
    'FRB2/Hang in POST failure',
    'FRB3/Processor startup failure',
    'Configuration Error',
    'Uncorrectable CPU-complex Error',
    'Presence detected',
    'Processor disabled',
    'Terminator presence detected',
    'Processor automatically throttled',
    'Machine Check Exception',
    'Correctable Machine Check Error',
  ],
  8: [
    'Presence detected',
    'Failure detected',
    'Predictive failure',
    'Power Supply AC lost',
    'AC lost or out-of-range',
    'AC out-of-range, but present',
    'Configuration error',
  ],
  9: [
    'Power off/down',
    'Power cycle',
    '240VA power down',
    'Interlock power down',
    'AC lost',
    'Soft-power control failure',
    'Power unit failure detected',
    'Predictive failure',
  ],
  12: [
    'Correctable ECC',
    'Uncorrectable ECC',
    'Parity',
    'Memory Scrub Failed',
    'Memory Device Disabled',
    'Correctable ECC logging limit reached',
    'Presence detected',
    'Configuration error',
    'Spare',
    'Memory automatically throttled',
    'Critical Overtemperature',
  ],
  13: ['Drive Present', 'Drive Fault', 'Predictive Failure', 'Hot Spare', 'Consistency check in progress'],
  16: [
    'Correctable memory error logging disabled',
    'Event logging disabled',
    'Log area reset/cleared',
    'All event logging disabled',
    'Log full',
    'Log almost full',
  ],
  18: [
    'System Reconfigured',
    'OEM System boot event',
    'Undetermined system hardware failure',
    'Entry added to auxiliary log',
    'PEF Action',
    'Timestamp Clock Sync',
  ],
  19: ['NMI/Diag Interrupt', 'Bus Timeout', 'I/O Channel check NMI', 'Software NMI', 'PCI PERR', 'PCI SERR'],
  20: ['Power Button pressed', 'Sleep Button pressed', 'Reset Button pressed', 'FRU Latch', 'FRU Service'],
  29: [
    'Initiated by power up',
    'Initiated by hard reset',
    'Initiated by warm reset',
    'User requested PXE boot',
    'Automatic boot to diagnostic',
  ],
  32: ['Error during system startup', 'Run-time critical stop', 'OS graceful stop', 'OS graceful shutdown'],
  34: ['S0/G0: working', 'S1', 'S2', 'S3', 'S4', 'S5/G2: soft-off', 'S4/S5: soft-off', 'G3: mechanical off'],
  35: ['Timer expired', 'Hard reset', 'Power down', 'Power cycle'],
  37: ['Present', 'Absent', 'Disabled'],
  41: ['Low', 'Failed', 'Presence Detected'],
};

/** States of the generic event types 2 to 12 (table 42-2). */
const generic: Readonly<Record<number, readonly string[]>> = {
  2: ['Transition to Idle', 'Transition to Active', 'Transition to Busy'],
  3: ['State Deasserted', 'State Asserted'],
  4: ['Predictive Failure Deasserted', 'Predictive Failure Asserted'],
  5: ['Limit Not Exceeded', 'Limit Exceeded'],
  6: ['Performance Met', 'Performance Lags'],
  7: [
    'Transition to OK',
    'Transition to Non-critical from OK',
    'Transition to Critical from less severe',
    'Transition to Non-recoverable from less severe',
    'Transition to Non-critical from more severe',
    'Transition to Critical from Non-recoverable',
    'Transition to Non-recoverable',
    'Monitor',
    'Informational',
  ],
  8: ['Device Absent', 'Device Present'],
  9: ['Device Disabled', 'Device Enabled'],
  11: ['Fully Redundant', 'Redundancy Lost', 'Redundancy Degraded'],
};

/** What happened, in IPMI's words; records of a maker's own read as their bytes in hexadecimal. */
export function eventText(record: EventLogRecord): string {
  const { eventType, sensorType } = record;
  if (eventType === null || sensorType === null) return `OEM record ${Buffer.from(record.data).toString('hex')}`;
  const offset = record.data[0]! & 0x0f;
  const words = eventType === 0x01 ? thresholds : eventType === 0x6f ? specific[sensorType] : generic[eventType];
  return words?.[offset] ?? `Event offset ${offset} of type 0x${eventType.toString(16).padStart(2, '0')}`;
}
