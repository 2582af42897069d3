export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle';

/** A state as a coloured dot with its word: colour is never the only sign. */
export function StateBadge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className="state-badge">
      <span className="dot" data-tone={tone} aria-hidden="true" />
      {children}
    </span>
  );
}
