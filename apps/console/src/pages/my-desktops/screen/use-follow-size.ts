import { type RefObject, useEffect } from 'react';
import type { IronClient } from './iron-client.ts';
import { desktopSize } from './picture-size.ts';

/** Until a window that is being drawn larger rests. */
const restMs = 400;

/** Has the desktop follow the size of its place in the page, while `wanted`. Hosts that cannot are shown larger or smaller instead. */
export function useFollowSize(stage: RefObject<HTMLElement | null>, client: IronClient | null, wanted: boolean): void {
  useEffect(() => {
    const box = stage.current;
    if (!box || !client || !wanted) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = '';
    const follow = () => {
      const { width, height } = desktopSize({ width: box.clientWidth, height: box.clientHeight });
      const next = `${width}x${height}`;
      if (last !== '' && last !== next) client.interaction.resize(width, height);
      last = next;
    };
    const changes = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(follow, last === '' ? 0 : restMs);
    });
    changes.observe(box);
    return () => {
      clearTimeout(timer);
      changes.disconnect();
    };
  }, [stage, client, wanted]);
}
