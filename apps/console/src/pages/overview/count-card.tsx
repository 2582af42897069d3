import { Link } from 'wouter';
import { useLocale } from '../../i18n/use-t.ts';

/** A number that leads to its list. */
export function CountCard({ href, title, value, note }: { href: string; title: string; value: number; note: string }) {
  const locale = useLocale();
  return (
    <Link href={href} className="card card-link count-card">
      <span className="count-title">{title}</span>
      <span className="count-value">{new Intl.NumberFormat(locale).format(value)}</span>
      <span className="count-note">{note}</span>
    </Link>
  );
}
