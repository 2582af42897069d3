import { discoverLocalController } from '@atelier/adapters/hardware-inventory';

/** What this machine's firmware says of its own controller, for a person, and what is missing to use it. */
export async function describeLocalController(): Promise<string> {
  const { described, driver } = await discoverLocalController();
  if (driver) return 'this machine has a management controller, and the agent uses it';
  if (!described) return 'the firmware of this machine describes no management controller';
  return `the firmware describes a management controller (${described.interface}), but the kernel has no driver loaded: modprobe ipmi_si ipmi_devintf`;
}
