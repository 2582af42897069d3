import { useEffect, useState } from 'react';
import type { Connection } from '../api/changes.ts';
import { Icon } from '../components/icon.tsx';
import { useT } from '../i18n/use-t.ts';

/** Says that what is shown may be old. Appears only after three seconds, so that a hiccup does not blink. */
export function ConnectionBanner({ connection }: { connection: Connection }) {
  const t = useT();
  const [show, setShow] = useState(false);
  useEffect(() => {
    if (connection !== 'offline') return setShow(false);
    const timer = setTimeout(() => setShow(true), 3000);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status">
      {show && (
        <div className="offline-banner">
          <Icon name="offline" size={16} />
          {t('shell.offlineLong')}
        </div>
      )}
    </div>
  );
}
