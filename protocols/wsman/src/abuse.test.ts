import { describe, expect, it } from 'vitest';
import { encodeText } from './decode-text.ts';
import { readAnswer } from './read-answer.ts';
import { readRequest } from './read-request.ts';
import { readItems } from './read-response.ts';
import { readOutput } from './read-shell-response.ts';
import { RefusedRequest } from './refused-request.ts';
import { sampleOperations } from './testing/sample-operations.ts';
import { mutateText, seededRandom } from './testing/seeded-random.ts';
import { writeFault } from './write-fault.ts';
import { writeRequest } from './write-request.ts';
import { isWsmanFault } from './wsman-fault.ts';

const declared =
  'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell" xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"';
const get = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
const base: Readonly<Record<string, string>> = {
  To: '<a:To>http://h/wsman</a:To>',
  Action: `<a:Action>${get}</a:Action>`,
  MessageID: '<a:MessageID>uuid:1</a:MessageID>',
  ResourceURI: '<w:ResourceURI> urn:x </w:ResourceURI>',
  more: '',
};

/** A request that is right but for what is said. */
function message(changes: Readonly<Record<string, string>>, body = ''): string {
  return `<s:Envelope ${declared}><s:Header>${Object.values({ ...base, ...changes }).join('')}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
}
const action = (uri: string) => ({ Action: `<a:Action>${uri}</a:Action>` });
const enumeration = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration';
const eventing = 'http://schemas.xmlsoap.org/ws/2004/08/eventing';
const enumerate = (inner: string) => message(action(`${enumeration}/Enumerate`), `<n:Enumerate>${inner}</n:Enumerate>`);
const subscribe = (inner: string) => message(action(`${eventing}/Subscribe`), `<e:Subscribe>${inner}</e:Subscribe>`);
const notify = '<e:NotifyTo><a:Address>http://c/</a:Address></e:NotifyTo>';

type Case = readonly [what: string, text: string, subcode: string, detail?: string];

const cases: readonly Case[] = [
  ['no XML', 'x', 'wsman:SchemaValidationError'],
  ['no envelope', '<a/>', 'wsman:SchemaValidationError'],
  ['SOAP 1.1', '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>', ''],
  ['no body', `<s:Envelope ${declared}><s:Header/></s:Envelope>`, 'wsman:SchemaValidationError'],
  ['two bodies', `<s:Envelope ${declared}><s:Body/><s:Body/></s:Envelope>`, 'wsman:SchemaValidationError'],
  [
    'two headers',
    `<s:Envelope ${declared}><s:Header/><s:Header/><s:Body/></s:Envelope>`,
    'wsman:SchemaValidationError',
  ],
  [
    'a header behind the body',
    `<s:Envelope ${declared}><s:Body/><s:Header/></s:Envelope>`,
    'wsman:SchemaValidationError',
  ],
  ['two elements in the body', message({}, '<x/><y/>'), 'wsman:SchemaValidationError'],
  ['a document type', `<!DOCTYPE x>${message({})}`, 'wsman:SchemaValidationError'],
  ['too deep', message({}, '<x>'.repeat(70) + '</x>'.repeat(70)), 'wsman:EncodingLimit'],
  ['no Action', message({ Action: '' }), 'wsa:MessageInformationHeaderRequired'],
  ['no MessageID', message({ MessageID: '' }), 'wsa:MessageInformationHeaderRequired'],
  ['no To', message({ To: '' }), 'wsa:MessageInformationHeaderRequired'],
  ['two Actions', message({ more: base.Action! }), 'wsa:InvalidMessageInformationHeader'],
  ['two MessageIDs', message({ more: base.MessageID! }), 'wsa:InvalidMessageInformationHeader'],
  ['no resource', message({ ResourceURI: '' }), 'wsa:DestinationUnreachable', 'InvalidResourceURI'],
  [
    'a resource URI of 3,000 characters',
    message({ ResourceURI: `<w:ResourceURI>urn:${'x'.repeat(3000)}</w:ResourceURI>` }),
    'wsman:EncodingLimit',
    'URILimitExceeded',
  ],
  ['an unknown action', message(action('urn:other/Get')), 'wsa:ActionNotSupported'],
  ['a method that is no name', message(action('urn:x/a b')), 'wsa:ActionNotSupported'],
  [
    'an answer elsewhere',
    message({ more: '<a:ReplyTo><a:Address>http://x</a:Address></a:ReplyTo>' }),
    'wsman:UnsupportedFeature',
    'AddressingMode',
  ],
  ['a header that must be understood', message({ more: '<x s:mustUnderstand="true"/>' }), ''],
  ['a header that must be understood, by 1', message({ more: '<w:Own s:mustUnderstand="1"/>' }), ''],
  [
    'a language that must be',
    message({ more: '<w:Locale s:mustUnderstand="true" xml:lang="zz-ZZ"/>' }),
    'wsman:UnsupportedFeature',
    'Locale',
  ],
  [
    'no time-out',
    message({ more: '<w:OperationTimeout>PT0S</w:OperationTimeout>' }),
    'wsa:InvalidMessageInformationHeader',
    'InvalidTimeout',
  ],
  [
    'a time-out below zero',
    message({ more: '<w:OperationTimeout>-PT5S</w:OperationTimeout>' }),
    'wsa:InvalidMessageInformationHeader',
    'InvalidTimeout',
  ],
  [
    'a time-out of words',
    message({ more: '<w:OperationTimeout>soon</w:OperationTimeout>' }),
    'wsa:InvalidMessageInformationHeader',
    'InvalidTimeout',
  ],
  [
    'an envelope of 1 byte',
    message({ more: '<w:MaxEnvelopeSize>1</w:MaxEnvelopeSize>' }),
    'wsman:EncodingLimit',
    'MinimumEnvelopeLimit',
  ],
  [
    'an envelope of words',
    message({ more: '<w:MaxEnvelopeSize>big</w:MaxEnvelopeSize>' }),
    'wsa:InvalidMessageInformationHeader',
  ],
  [
    'a selector twice',
    message({ more: '<w:SelectorSet><w:Selector Name="A"/><w:Selector Name="a"/></w:SelectorSet>' }),
    'wsman:InvalidSelectors',
    'DuplicateSelectors',
  ],
  [
    'a selector without name',
    message({ more: '<w:SelectorSet><w:Selector>1</w:Selector></w:SelectorSet>' }),
    'wsman:InvalidSelectors',
  ],
  [
    '70 selectors',
    message({
      more: `<w:SelectorSet>${Array.from({ length: 70 }, (_, n) => `<w:Selector Name="a${n}"/>`).join('')}</w:SelectorSet>`,
    }),
    'wsman:EncodingLimit',
    'SelectorLimit',
  ],
  [
    'an option without name',
    message({ more: '<w:OptionSet><w:Option>1</w:Option></w:OptionSet>' }),
    'wsman:InvalidOptions',
    'InvalidName',
  ],
  [
    'Put of nothing',
    message(action('http://schemas.xmlsoap.org/ws/2004/09/transfer/Put')),
    'wsman:SchemaValidationError',
  ],
  ['Enumerate without its element', message(action(`${enumeration}/Enumerate`), '<x/>'), 'wsman:SchemaValidationError'],
  ['two filters', enumerate('<w:Filter/><n:Filter/>'), 'wsman:CannotProcessFilter'],
  [
    'an enumeration mode',
    enumerate('<w:EnumerationMode>Own</w:EnumerationMode>'),
    'wsman:UnsupportedFeature',
    'EnumerationMode',
  ],
  [
    'a polymorphism mode',
    enumerate('<b:PolymorphismMode>Own</b:PolymorphismMode>'),
    'wsmb:PolymorphismModeNotSupported',
  ],
  ['an expiration in words', enumerate('<n:Expires>soon</n:Expires>'), 'wsen:InvalidExpirationTime'],
  ['an expiration below zero', enumerate('<n:Expires>-PT1S</n:Expires>'), 'wsen:InvalidExpirationTime'],
  [
    'no elements at all',
    enumerate('<w:OptimizeEnumeration/><w:MaxElements>0</w:MaxElements>'),
    'wsman:SchemaValidationError',
  ],
  ['Pull without context', message(action(`${enumeration}/Pull`), '<n:Pull/>'), 'wsen:InvalidEnumerationContext'],
  [
    'a delivery mode',
    subscribe(`<e:Delivery Mode="urn:own">${notify}</e:Delivery>`),
    'wse:DeliveryModeRequestedUnavailable',
  ],
  ['nowhere to deliver', subscribe('<e:Delivery/>'), 'wse:InvalidMessage'],
  ['no address to deliver to', subscribe('<e:Delivery><e:NotifyTo/></e:Delivery>'), 'wse:InvalidMessage'],
  [
    'a file to deliver to',
    subscribe('<e:Delivery><e:NotifyTo><a:Address>file:///etc/passwd</a:Address></e:NotifyTo></e:Delivery>'),
    'wse:InvalidMessage',
  ],
  [
    'heartbeats of words',
    subscribe(`<e:Delivery>${notify}<w:Heartbeats>often</w:Heartbeats></e:Delivery>`),
    'wse:InvalidMessage',
  ],
  [
    'a bookmark of words',
    subscribe(`<e:Delivery>${notify}</e:Delivery><w:Bookmark>here</w:Bookmark>`),
    'wsman:InvalidBookmark',
  ],
  [
    'an encoding of events',
    subscribe(`<e:Delivery>${notify}<w:ContentEncoding>EBCDIC</w:ContentEncoding></e:Delivery>`),
    'wsman:EncodingLimit',
    'CharacterSet',
  ],
  ['Unsubscribe of nothing', message(action(`${eventing}/Unsubscribe`), '<e:Unsubscribe/>'), 'wse:InvalidMessage'],
  [
    'a command without command',
    message(action('http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command'), '<rsp:CommandLine/>'),
    'wsman:InvalidParameter',
  ],
  [
    'a command id that is no GUID',
    message(
      action('http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command'),
      '<rsp:CommandLine CommandId="1"><rsp:Command>x</rsp:Command></rsp:CommandLine>',
    ),
    'wsman:InvalidParameter',
    'InvalidValue',
  ],
  [
    'input that is no base64',
    message(
      action('http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send'),
      '<rsp:Send><rsp:Stream Name="stdin">!!!</rsp:Stream></rsp:Send>',
    ),
    'wsman:InvalidParameter',
  ],
  [
    'a flag of words',
    message(
      {
        ...action('http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command'),
        more: '<w:OptionSet><w:Option Name="WINRS_SKIP_CMD_SHELL">maybe</w:Option></w:OptionSet>',
      },
      '<rsp:CommandLine><rsp:Command>x</rsp:Command></rsp:CommandLine>',
    ),
    'wsman:InvalidOptions',
    'InvalidValue',
  ],
];

function refusal(bytes: Uint8Array): RefusedRequest | null {
  try {
    readRequest(bytes);
    return null;
  } catch (error) {
    if (error instanceof RefusedRequest) return error;
    throw error;
  }
}

describe('abuse', () => {
  it('starts from a message that is right', () => {
    expect(readRequest(Buffer.from(message({})))).toMatchObject({
      kind: 'get',
      headers: { resource: { resourceUri: 'urn:x' } },
    });
  });

  it.each(cases.map(([what, text, subcode, detail]) => [what, { text, subcode, detail }] as const))('%s', (_, one) => {
    const { text, subcode, detail } = one;
    const found = refusal(Buffer.from(text));
    expect(found?.body).toMatchObject({ subcode, ...(detail ? { detail } : {}) });
    if (text.includes('uuid:1') && subcode !== 'wsman:SchemaValidationError' && subcode !== 'wsman:EncodingLimit')
      expect(found?.headers.messageId).toBe(text.includes('MessageID') ? 'uuid:1' : '');
    expect(writeFault(found!.headers, found!.body, { messageId: 'uuid:2', machine: 'm' })).toContain('<s:Fault>');
  });

  it('is none what clients get slightly wrong', () => {
    const fine = [
      message({ more: '<a:From/><w:Locale mustUnderstand="true" xml:lang="zz"/><x mustUnderstand="true"/>' }),
      message({ more: '<w:MaxEnvelopeSize s:mustUnderstand="true"> 153600 </w:MaxEnvelopeSize>' }),
      message({ more: '<x s:mustUnderstand="true" s:role="urn:someone-else"/>' }),
      message({ To: '<a:To>http://windows-host:5985/wsman</a:To>' }),
      message({ ResourceURI: '<w:ResourceURI><![CDATA[urn:x]]></w:ResourceURI>' }),
    ];
    for (const text of fine) expect(refusal(Buffer.from(text))).toBeNull();
  });

  it('of 64 levels of references is refused, not followed', () => {
    const nested = (depth: number): string =>
      depth === 0
        ? 'x'
        : `<a:EndpointReference><a:ReferenceParameters><w:SelectorSet><w:Selector Name="a">${nested(depth - 1)}</w:Selector></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>`;
    const text = message({ more: `<w:SelectorSet><w:Selector Name="a">${nested(8)}</w:Selector></w:SelectorSet>` });
    expect(refusal(Buffer.from(text))?.body.subcode).toBe('wsman:InvalidSelectors');
  });

  it('of 100,000 random kinds is answered with a fault, in flat memory', () => {
    const random = seededRandom(7);
    const headers = {
      to: 'http://h/wsman',
      messageId: 'uuid:1',
      resource: { resourceUri: 'urn:x', selectors: [{ name: 'A', value: 'b' }] },
      operationTimeout: 1000,
    };
    const samples = sampleOperations.map((one) => writeRequest(one, headers));
    let taken = 0;
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 100_000; n++) {
      const text = mutateText(samples[random(samples.length)]!, random);
      const found = refusal(encodeText(text, n % 16 === 0 ? 'utf-16' : 'utf-8'));
      if (found) expect(found.body.subcode).not.toBe('wsman:InternalError');
      else taken += 1;
    }
    expect(taken).toBeGreaterThan(1000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('of answers is told to the client as what it is', () => {
    const random = seededRandom(8);
    const answer = `<s:Envelope ${declared}><s:Header>${base.Action}</s:Header><s:Body><rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="X">YWJj</rsp:Stream><rsp:CommandState CommandId="X" State="y/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse></s:Body></s:Envelope>`;
    for (let n = 0; n < 5000; n++) {
      try {
        const found = readAnswer(Buffer.from(mutateText(answer, random)));
        if (n % 2) readOutput(found);
        else readItems(found, 'object');
      } catch (error) {
        if (!isWsmanFault(error)) expect(error).toMatchObject({ name: 'UnreadableAnswer' });
      }
    }
  });
});
