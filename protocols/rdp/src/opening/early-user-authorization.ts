/**
 * The Early User Authorization Result PDU ([MS-RDPBCGR] 2.2.10.2), which follows CredSSP where `hybridEx` was selected: whether the user who
 * just signed in may have a session.
 */
export function writeEarlyUserAuthorization(allowed: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(allowed ? 0 : 5);
  return bytes;
}
