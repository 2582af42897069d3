import type { MyDesktop } from '@atelier/api';
import { Text } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { useT } from '../../i18n/use-t.ts';

/** Published programs of a desktop; each leads to its own .rdp file. */
export function DesktopPrograms({ desktop }: { desktop: MyDesktop }) {
  const t = useT();
  if (desktop.applications.length === 0) return null;
  return (
    <div className="my-place">
      <Text size="sm" fw={560} component="h3" m={0}>
        {t('myDesktops.programs')}
      </Text>
      <ul className="programs">
        {desktop.applications.map(({ alias, title, icon }) => (
          <li key={alias}>
            <a
              href={`${desktop.rdpFile}?application=${encodeURIComponent(alias)}`}
              download
              className="program"
              aria-label={t('myDesktops.programOpen', { title })}
            >
              <span className="program-icon">
                {icon ? <img src={`data:image/png;base64,${icon}`} alt="" /> : <Icon name="play" size={20} />}
              </span>
              <span>{title}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
