import RFB from '@novnc/novnc';
import { type RefObject, useEffect, useRef, useState } from 'react';

export type ScreenState = 'connecting' | 'waiting' | 'live' | 'again' | 'failed';

const longestWaitMs = 10_000;

/**
 * Keeps a VNC connection into `target`. A screen that is not there yet (the machine boots) and one that broke off are
 * tried again, ever more slowly, for two minutes; then it says that it failed, and `again` starts over.
 */
export function useVnc(target: RefObject<HTMLDivElement | null>, path: string) {
  const [state, setState] = useState<ScreenState>('connecting');
  const [round, setRound] = useState(0);
  const current = useRef<RFB | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    let wait = 500;
    let begun = performance.now();
    let wasLive = false;
    const open = () => {
      if (gone || !target.current) return;
      const rfb = new RFB(target.current, location.origin.replace(/^http/, 'ws') + path, { shared: true });
      rfb.scaleViewport = true;
      rfb.focusOnClick = true;
      rfb.background = '#0d0f12';
      current.current = rfb;
      rfb.addEventListener('connect', () => {
        wait = 500;
        wasLive = true;
        setState('live');
        rfb.focus();
      });
      rfb.addEventListener('disconnect', () => {
        current.current = null;
        if (gone) return;
        if (wasLive) begun = performance.now();
        if (performance.now() - begun > 120_000) return setState('failed');
        setState(wasLive ? 'again' : 'waiting');
        wasLive = false;
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 1.7, longestWaitMs);
      });
    };
    setState('connecting');
    open();
    return () => {
      gone = true;
      clearTimeout(timer);
      current.current?.disconnect();
      current.current = null;
    };
  }, [target, path, round]);
  return { state, screen: () => current.current, again: () => setRound((old) => old + 1) };
}
