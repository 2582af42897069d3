import type { RawXml, XmlElement } from './xml-element.ts';

/** Where events go: an address, and what every message to it carries as headers (reference properties and parameters). */
export interface DeliveryEndpoint {
  readonly address: string;
  readonly parameters: readonly XmlElement[];
  /** `wsp:Policy` that says how a source signs in there (MS-WSMV 3.1.4.1.30.3); we write it, and read none. */
  readonly policy?: RawXml;
}
