import type { XmlElement } from './xml-element.ts';

/** Where events go: an address, and what every message to it carries as headers (reference properties and parameters). */
export interface DeliveryEndpoint {
  readonly address: string;
  readonly parameters: readonly XmlElement[];
}
