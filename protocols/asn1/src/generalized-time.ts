import { Asn1Error } from './asn1-error.ts';

const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/** Milliseconds since 1970 of `20261121092200Z` (X.690 §11.7 without fractions, as Kerberos writes it). */
export function decodeTime(text: string): number {
  const parts = form.exec(text)?.slice(1).map(Number);
  if (parts) {
    const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
    const time = Date.UTC(year, month - 1, day, hour, minute, second);
    if (year >= 1000 && encodeTime(time) === text) return time;
  }
  throw new Asn1Error('asn1.malformed', 'a time is not of the form YYYYMMDDhhmmssZ');
}

/** `20261121092200Z` of milliseconds since 1970; what is below a second is cut off. */
export function encodeTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}
