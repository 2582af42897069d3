/** XML namespaces of WS-Management messages, as they are on the wire. */
export const ns = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  soap11: 'http://schemas.xmlsoap.org/soap/envelope/',
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  transfer: 'http://schemas.xmlsoap.org/ws/2004/09/transfer',
  enumeration: 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
  eventing: 'http://schemas.xmlsoap.org/ws/2004/08/eventing',
  wsman: 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  identity: 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd',
  cimBinding: 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd',
  cimCommon: 'http://schemas.dmtf.org/wbem/wscim/1/common',
  microsoft: 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
  fault: 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
  shell: 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
  config: 'http://schemas.microsoft.com/wbem/wsman/1/config',
  powershell: 'http://schemas.microsoft.com/powershell',
  policy: 'http://schemas.xmlsoap.org/ws/2002/12/policy',
  authentication: 'http://schemas.microsoft.com/wbem/wsman/1/authentication',
  subscription: 'http://schemas.microsoft.com/wbem/wsman/1/subscription',
  event: 'http://schemas.microsoft.com/win/2004/08/events/event',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  xsd: 'http://www.w3.org/2001/XMLSchema',
} as const;

/** The prefix that our messages use for each namespace they know. */
export const prefixes: Readonly<Record<string, string>> = {
  [ns.soap]: 's',
  [ns.addressing]: 'a',
  [ns.transfer]: 'x',
  [ns.enumeration]: 'n',
  [ns.eventing]: 'e',
  [ns.wsman]: 'w',
  [ns.identity]: 'wsmid',
  [ns.cimBinding]: 'b',
  [ns.cimCommon]: 'cim',
  [ns.microsoft]: 'p',
  [ns.fault]: 'f',
  [ns.shell]: 'rsp',
  [ns.config]: 'cfg',
  [ns.policy]: 'wsp',
  [ns.authentication]: 'auth',
  [ns.subscription]: 'm',
  [ns.xml]: 'xml',
  [ns.xsi]: 'xsi',
};

/** WS-Addressing's address of "whoever is at the other end of this connection". */
export const anonymous = `${ns.addressing}/role/anonymous`;
