import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is asked, over and over. `pull` is Enumerate, then Pull of 20 until the thousand are there. */
export const caseNames = ['identify', 'get', 'enumerate-20', 'enumerate-1000', 'pull'] as const;
export type CaseName = (typeof caseNames)[number];

const wsman = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd';
const enumeration = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration';
const classUri = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2';

/** A message as pywinrm writes it: with every header that clients send. */
function message(uri: string, action: string, body: string, selectors = ''): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd" xmlns:w="${wsman}" xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:n="${enumeration}"><env:Header><a:To>http://windows-host:5985/wsman</a:To><a:ReplyTo><a:Address mustUnderstand="true">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo><w:MaxEnvelopeSize mustUnderstand="true">2000000</w:MaxEnvelopeSize><a:MessageID>uuid:11111111-1111-1111-1111-111111111112</a:MessageID><w:Locale mustUnderstand="false" xml:lang="en-US"></w:Locale><p:DataLocale mustUnderstand="false" xml:lang="en-US"></p:DataLocale><w:OperationTimeout>PT20S</w:OperationTimeout><w:ResourceURI mustUnderstand="true">${uri}</w:ResourceURI><a:Action mustUnderstand="true">${action}</a:Action>${selectors}</env:Header><env:Body>${body}</env:Body></env:Envelope>`;
}

const optimized = (count: number) =>
  `<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>${count}</w:MaxElements></n:Enumerate>`;

/** Every message, by the name of its file without `.xml`; in `next` the context is to be put in. */
export const messages: Readonly<Record<CaseName | 'next', string>> = {
  identify:
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsmid="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>',
  get: message(
    `${classUri}/Test_Thousand`,
    'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get',
    '',
    '<w:SelectorSet><w:Selector Name="Name">thing500</w:Selector></w:SelectorSet>',
  ),
  'enumerate-20': message(`${classUri}/Test_Twenty`, `${enumeration}/Enumerate`, optimized(32_000)),
  'enumerate-1000': message(`${classUri}/Test_Thousand`, `${enumeration}/Enumerate`, optimized(32_000)),
  pull: message(`${classUri}/Test_Thousand`, `${enumeration}/Enumerate`, '<n:Enumerate/>'),
  next: message(
    `${classUri}/Test_Thousand`,
    `${enumeration}/Pull`,
    '<n:Pull><n:EnumerationContext>@CONTEXT@</n:EnumerationContext><n:MaxElements>20</n:MaxElements></n:Pull>',
  ),
};

/** Writes the messages where the load generator reads them. */
export async function writeMessages(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(messages)) await writeFile(join(folder, `${name}.xml`), text);
}
