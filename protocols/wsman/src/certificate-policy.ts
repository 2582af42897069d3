import { ns } from './namespaces.ts';
import type { RawXml } from './xml-element.ts';

const profile = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';

/**
 * Tells an event source to sign in with a client certificate of one authority (MS-WSMV 3.1.4.1.30.3).
 * `issuer` is the SHA-1 of the authority's certificate, as hexadecimal digits: that is how Windows finds the certificate to show.
 */
export const certificatePolicy = (issuer: string): RawXml => ({
  raw:
    `<c:Policy xmlns:c="${ns.policy}" xmlns:auth="${ns.authentication}"><c:ExactlyOne><c:All>` +
    `<auth:Authentication Profile="${profile}"><auth:ClientCertificate><auth:Thumbprint Role="issuer">${issuer.replace(/[^0-9A-Fa-f]/g, '')}</auth:Thumbprint>` +
    '</auth:ClientCertificate></auth:Authentication></c:All></c:ExactlyOne></c:Policy>',
});
