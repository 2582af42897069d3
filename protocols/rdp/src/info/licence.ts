import { hexBytes } from '../byte-writer.ts';

/**
 * "You hold a valid licence": License Error PDU with STATUS_VALID_CLIENT ([MS-RDPBCGR] 2.2.1.12), security header SEC_LICENSE_PKT.
 * That is the whole of licensing for servers that sell none.
 */
export const validClientLicence = hexBytes('80000000 ff031000 07000000 02000000 04000000');
