import { Link, useLocation } from 'wouter';
import { useMay } from '../api/me.tsx';
import { Icon } from '../components/icon.tsx';
import { useT } from '../i18n/use-t.ts';
import { itemAt, type NavItem, navItems } from './nav-items.ts';

function Items({ items, here, labelledBy }: { items: readonly NavItem[]; here?: NavItem; labelledBy?: string }) {
  const t = useT();
  return (
    <ul className="nav-list" aria-labelledby={labelledBy}>
      {items.map((item) => (
        <li key={item.key}>
          <Link href={item.href} className="nav-link" aria-current={item === here ? 'page' : undefined}>
            <Icon name={item.icon} />
            {t(`nav.${item.key}`)}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Left navigation by noun: only what the person may see. */
export function Nav() {
  const t = useT();
  const may = useMay();
  const [path] = useLocation();
  const seen = navItems.filter((item) => item.needs === null || may(item.needs));
  const here = itemAt(path, seen);
  // Neighbours of one group together.
  const parts: NavItem[][] = [];
  for (const item of seen) {
    const last = parts.at(-1);
    if (last?.[0] && last[0].group === item.group) last.push(item);
    else parts.push([item]);
  }
  return (
    <div className="nav">
      {parts.map((items) => {
        const { group, key } = items[0]!;
        if (group === undefined) return <Items key={key} items={items} here={here} />;
        return (
          <div key={key} className="nav-group">
            <p id={`nav-${group}`} className="nav-title">
              {t(`navGroup.${group}`)}
            </p>
            <Items items={items} here={here} labelledBy={`nav-${group}`} />
          </div>
        );
      })}
    </div>
  );
}
