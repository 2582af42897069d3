export { type Clock, type Conditions, type Hold, limitOf, type Pace, paceOf, type Wish } from './pace.ts';
export { type ScheduleNow, scheduleAt } from './schedule.ts';
export {
  defaultTransferPolicy,
  mergeTransferPolicy,
  type TransferOverride,
  type TransferPolicy,
  type TransferWindow,
  transferOverrideSchema,
  transferPolicySchema,
} from './transfer-policy.ts';
