import { CopyButton } from './copy-button.tsx';

/** A command to copy. */
export function CommandLine({ text, label }: { text: string; label?: string }) {
  return (
    <div className="command">
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
