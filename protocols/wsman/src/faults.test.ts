import { describe, expect, it } from 'vitest';
import { faultActions } from './actions.ts';
import { faultBody, faultNames } from './fault-table.ts';
import type { AnsweredHeaders } from './message-options.ts';
import { messageNumbers, messageText } from './messages.ts';
import { french } from './messages-french.ts';
import { parseXml } from './parse-xml.ts';
import { readAnswer } from './read-answer.ts';
import { writeFault } from './write-fault.ts';
import { type FaultBody, isWsmanFault } from './wsman-fault.ts';

const asked: AnsweredHeaders = {
  action: 'urn:action',
  messageId: 'uuid:asked',
  operationId: null,
  sequenceId: null,
  activityId: null,
  fragment: null,
  locale: null,
  encoding: 'utf-8',
};
const options = { messageId: 'uuid:answer', machine: 'host<1>' };

function travelled(body: FaultBody, locale: string | null = null): FaultBody {
  try {
    readAnswer(Buffer.from(writeFault({ ...asked, locale }, body, options)));
  } catch (error) {
    if (isWsmanFault(error)) return error.body;
    throw error;
  }
  throw new Error('no fault');
}

describe('every fault', () => {
  it.each(faultNames)('%s travels with code, subcode, detail, number and sentence', (name) => {
    const body = faultBody(name);
    expect(travelled(body)).toEqual({ ...body, reason: messageText(body.number!, 'en-US') });
    expect(travelled(body, 'fr-CA').reason).toBe(french[body.number!]);
    const text = writeFault(asked, body, options);
    const action = faultActions[body.subcode.split(':')[0]!] ?? faultActions.wsa;
    expect(text).toContain(`<a:Action>${action}</a:Action>`);
    expect(text).toContain('<a:RelatesTo>uuid:asked</a:RelatesTo>');
  });

  it('has a number of its own', () => {
    const numbers = faultNames.map((name) => faultBody(name).number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThan(125);
  });

  it('has the numbers that clients act on', () => {
    expect(faultBody('operationTimedOut')).toMatchObject({
      number: 2150858793,
      code: 'Receiver',
      subcode: 'wsman:TimedOut',
    });
    expect(faultBody('unexpectedSelectors')).toMatchObject({ number: 2150858843, detail: 'UnexpectedSelectors' });
    expect(faultBody('quotaMaxShells')).toMatchObject({ number: 2150859173, subcode: 'wsman:QuotaLimit' });
    expect(faultBody('enumerateInvalidEnumerationContext')).toMatchObject({
      number: 2150858779,
      subcode: 'wsen:InvalidEnumerationContext',
    });
    expect(faultBody('accessDenied').number).toBe(5);
  });
});

describe('a fault', () => {
  it('can have a sentence of its own, which is escaped', () => {
    expect(travelled(faultBody('invalidParameter', { reason: 'a < b & "c"' })).reason).toBe('a < b & "c"');
  });

  it('names the provider that failed', () => {
    const body = faultBody('unexpectedSelectors', { provider: 'command shell', reason: 'no such shell' });
    expect(travelled(body)).toEqual(body);
    const detail = parseXml(
      '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="5"><f:Message>inner</f:Message></f:WSManFault>',
    );
    expect(travelled({ ...body, providerDetail: detail }).reason).toBe('inner');
  });

  it('names the header that was not understood', () => {
    const text = writeFault(asked, faultBody('mustUnderstand', { notUnderstood: { ns: 'urn:x', name: 'Y' } }), options);
    expect(text).toContain('<s:NotUnderstood qname="q:Y" xmlns:q="urn:x"/>');
    expect(text).toContain('<s:Value>s:MustUnderstand</s:Value></s:Code>');
  });

  it('of other services is read with their prefixes', () => {
    const text = `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"><SOAP-ENV:Body><SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Receiver</SOAP-ENV:Value><SOAP-ENV:Subcode><SOAP-ENV:Value>wsen:TimedOut</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en"> late </SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`;
    expect(() => readAnswer(Buffer.from(text))).toThrow(
      expect.objectContaining({ body: { code: 'Receiver', subcode: 'wsen:TimedOut', reason: 'late' } }),
    );
  });
});

describe('the catalogue', () => {
  it('has every sentence in both languages, and none in English twice', () => {
    expect(Object.keys(french).map(Number)).toEqual(messageNumbers);
    expect(messageText(1, 'en')).toBeNull();
    expect(messageText(5, 'de')).toBe('Access is denied.');
    expect(messageText(5, 'fr')).toBe('Accès refusé.');
    for (const number of messageNumbers) {
      expect(messageText(number, 'en')).toMatch(/^[A-Z].*[.]$/);
      expect(messageText(number, 'fr')).toMatch(/^[A-ZÀ-Ý].*[.]$/);
      expect(messageText(number, 'fr')).not.toBe(messageText(number, 'en'));
    }
    expect(new Set(messageNumbers.map((number) => messageText(number, 'en'))).size).toBe(messageNumbers.length);
  });
});
