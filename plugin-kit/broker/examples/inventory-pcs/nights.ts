/** A night: when it begins and ends by the broker's clock, and the name of its check. */
export interface Night {
  readonly name: string;
  readonly begins: Date;
  readonly ends: Date;
}

/** The first night that begins after a moment. @param from such as `02:00`; anything else counts as that @param hours how long it lasts */
export function nightAfter(moment: Date, from: string, hours: number): Night {
  const [, hour = '2', minute = '0'] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(from) ?? [];
  const begins = new Date(moment);
  begins.setHours(Number(hour), Number(minute), 0, 0);
  if (begins <= moment) begins.setDate(begins.getDate() + 1);
  const two = (value: number): string => String(value).padStart(2, '0');
  const name = `check-${begins.getFullYear()}-${two(begins.getMonth() + 1)}-${two(begins.getDate())}`;
  return { name, begins, ends: new Date(begins.getTime() + hours * 3_600_000) };
}
