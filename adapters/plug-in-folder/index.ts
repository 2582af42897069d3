export { putInPlace, takeAway } from './put-in-place.ts';
export { trustedFolder } from './trusted-folder.ts';
