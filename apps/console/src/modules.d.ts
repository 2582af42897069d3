declare module '*.css';

declare module '@novnc/novnc' {
  /** The part of noVNC 1.7's RFB that the console uses (docs/API.md there). */
  export default class RFB extends EventTarget {
    constructor(target: Element, socket: string | WebSocket, options?: { shared?: boolean });
    scaleViewport: boolean;
    resizeSession: boolean;
    focusOnClick: boolean;
    showDotCursor: boolean;
    viewOnly: boolean;
    background: string;
    disconnect(): void;
    focus(): void;
    sendCtrlAltDel(): void;
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    clipboardPasteFrom(text: string): void;
  }
}
