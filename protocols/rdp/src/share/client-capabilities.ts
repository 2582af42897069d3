/** What a client said in Confirm Active ([MS-RDPBCGR] 2.2.1.13.2), as far as painting needs it. */
export interface ClientCapabilities {
  readonly desktopWidth: number;
  readonly desktopHeight: number;
  readonly colorDepth: number;
  readonly fastPathOutput: boolean;
  /** Compressed bitmaps may come without a header of their own. */
  readonly noBitmapHeader: boolean;
  /** 32-bit bitmaps may come without their alpha plane. */
  readonly skipAlpha: boolean;
  /** Bytes of the largest fast-path update that the client puts together from fragments; 0: none. */
  readonly maxRequestSize: number;
  readonly largePointer: boolean;
  /** Windows locale id of the keyboard, 0 when not said. */
  readonly keyboardLayout: number;
}
