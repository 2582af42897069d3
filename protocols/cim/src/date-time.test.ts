import { describe, expect, it } from 'vitest';
import { dateOf, dateTimeOf, intervalOf, readDateTime, toDateTime, xmlDateTime } from './date-time.ts';

describe('CIM datetimes', () => {
  it.each([
    ['20240229235959.250000+060', 'Datetime', '2024-02-29T23:59:59.25+01:00'],
    ['19700101000000.000000-570', 'Datetime', '1970-01-01T00:00:00-09:30'],
    ['20240101000000.000001+000', 'Datetime', '2024-01-01T00:00:00.000001Z'],
    ['00000001020304.500000:000', 'Interval', 'P1DT2H3M4.5S'],
    ['00000000000000.000000:000', 'Interval', 'P0DT0H0M0S'],
  ])('%s goes to XML and back', (text, element, xml) => {
    expect(xmlDateTime({ kind: 'datetime', text })).toEqual({ element, text: xml });
    expect(toDateTime(xml)).toEqual({ kind: 'datetime', text });
  });

  it('are made of dates and spans', () => {
    const date = new Date('2026-11-21T10:00:00.123Z');
    expect(dateTimeOf(date).text).toBe('20261121100000.123000+000');
    expect(dateTimeOf(date, -330).text).toBe('20261121043000.123000-330');
    expect(dateOf(dateTimeOf(date, 120))).toEqual(date);
    expect(intervalOf(93_784_000).text).toBe('00000001020304.000000:000');
  });

  it('take asterisks for what is not known', () => {
    expect(readDateTime('2024****000000.******+***')).toEqual(readDateTime('20240101000000.000000+000'));
    expect(xmlDateTime({ kind: 'datetime', text: '20241122******.******+000' }).text).toBe('2024-11-22T00:00:00Z');
  });

  it.each(['', 'P', 'PT', '2024', '20241301000000.000000+000', '2024-01-01T25:00:00Z', '13/13/2024'])(
    'are refused when they are none: %s',
    (text) => expect(() => readDateTime(text)).toThrow(/date/),
  );
});
