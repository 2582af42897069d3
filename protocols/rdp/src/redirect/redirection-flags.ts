/** `RedirFlags` ([MS-RDPBCGR] 2.2.13.1). */
export const redirectionFlag = {
  targetNetAddress: 0x1,
  loadBalanceInfo: 0x2,
  userName: 0x4,
  domain: 0x8,
  password: 0x10,
  doNotStoreUserName: 0x20,
  smartcardLogon: 0x40,
  noRedirect: 0x80,
  targetFqdn: 0x100,
  targetNetbiosName: 0x200,
  targetNetAddresses: 0x800,
  clientTsvUrl: 0x1000,
  serverTsvCapable: 0x2000,
  passwordIsPkEncrypted: 0x4000,
  redirectionGuid: 0x8000,
  targetCertificate: 0x10000,
} as const;
