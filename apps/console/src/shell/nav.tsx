import { Link, useLocation } from 'wouter';
import { useMay } from '../api/me.tsx';
import { Icon } from '../components/icon.tsx';
import { useT } from '../i18n/use-t.ts';
import { navItems } from './nav-items.ts';

/** Left navigation by noun: only what the person may see. */
export function Nav() {
  const t = useT();
  const may = useMay();
  const [path] = useLocation();
  return (
    <ul className="nav-list">
      {navItems
        .filter((item) => item.needs === null || may(item.needs))
        .map((item) => {
          const here = item.href === '/' ? path === '/' : path === item.href || path.startsWith(`${item.href}/`);
          return (
            <li key={item.key}>
              <Link href={item.href} className="nav-link" aria-current={here ? 'page' : undefined}>
                <Icon name={item.icon} />
                {t(`nav.${item.key}`)}
              </Link>
            </li>
          );
        })}
    </ul>
  );
}
