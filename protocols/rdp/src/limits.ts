/** What this package takes at most, in bytes unless said otherwise. */
export const rdpLimits = {
  /** Preconnection PDU and Connection Request together: what `peekOpening` may need. */
  opening: 4096,
  /** The Preconnection PDU alone; MS-RDPEPS's blobs hold identifiers and tickets. */
  preconnection: 3072,
  /** One TPKT or fast-path message from a client. */
  message: 32_768,
  /** Static virtual channels that a client may name ([MS-RDPBCGR] 2.2.1.3.4). */
  channels: 31,
  /** Monitors that a client may name ([MS-RDPBCGR] 2.2.1.3.6). */
  monitors: 16,
  /** Each text of the Client Info PDU, in bytes without its NUL. */
  infoText: 2048,
  /** Capability sets of a client. */
  capabilitySets: 64,
  /** Edges of the client's desktop in pixels ([MS-RDPBCGR] 2.2.7.1.2 allows 8192 and later 32766). */
  desktopEdge: 8192,
  /** Pixels of a desktop that is painted to: 7680 by 2160, or 4096 by 4096. */
  desktopPixels: 4096 * 4096,
  /** One RDSTLS message: a GUID, three texts of a redirection. */
  rdstls: 8192,
} as const;
