import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { navItems } from './nav-items.ts';

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT|CANVAS)$/.test(target.tagName));

/** Whether a key goes to a desktop, which may lie in a shadow tree: there every key is its own. */
const inDesktop = (event: KeyboardEvent) =>
  event.composedPath().some((one) => one instanceof HTMLElement && one.getAttribute('role') === 'application');

/** Keyboard: Ctrl-K palette, `/` the page's search, `?` help, `g` then a letter to go somewhere. */
export function useShortcuts({ search, help }: { search: () => void; help: () => void }): void {
  const [, go] = useLocation();
  // Kept over renders: the page may be drawn anew between the two keys.
  const pending = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (inDesktop(event)) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        search();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (document.querySelector('[aria-modal="true"]')) return;
      if (event.timeStamp - pending.current < 1200) {
        pending.current = Number.NEGATIVE_INFINITY;
        const item = navItems.find((one) => one.shortcut === event.key);
        if (!item) return;
        event.preventDefault();
        go(item.href);
      } else if (event.key === 'g') pending.current = event.timeStamp;
      else if (event.key === '?') help();
      else if (event.key === '/') {
        event.preventDefault();
        const field = document.querySelector<HTMLInputElement>('[data-page-search]');
        if (field) field.focus();
        else search();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [go, search, help]);
}
