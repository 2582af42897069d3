import { Link } from 'wouter';

/** The mark and the name; leads home. */
export function Logo() {
  return (
    <Link href="/" className="logo" aria-label="Atelier">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-ink-6)" />
        <path
          d="M8 23 16 8l8 15M11.2 17.4h9.6"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span>Atelier</span>
    </Link>
  );
}
