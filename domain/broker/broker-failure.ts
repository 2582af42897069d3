import { z } from 'zod';

/** Why a connection fails, with the error info code (MS-RDPBCGR 2.2.5.1.1) that the client shows for it. */
export const brokerFailureErrorInfo = {
  'no-target': 0x400,
  'loading-destination': 0x402,
  'redirecting-destination': 0x404,
  'vm-wake': 0x405,
  'vm-boot': 0x406,
  'no-dns': 0x407,
  'pool-not-free': 0x408,
  cancelled: 0x409,
  'cannot-connect': 0x410,
  'vm-boot-timeout': 0x411,
  'session-monitor-failed': 0x412,
  'access-denied': 0x9,
} as const;
export type BrokerFailureCode = keyof typeof brokerFailureErrorInfo;
export const brokerFailureCodeSchema = z.enum(
  Object.keys(brokerFailureErrorInfo) as [BrokerFailureCode, ...BrokerFailureCode[]],
);
