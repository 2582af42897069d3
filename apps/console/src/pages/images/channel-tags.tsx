import { Icon } from '../../components/icon.tsx';

/** Channels as small labels: `stable → 3`. */
export function ChannelTags({
  channels,
}: {
  channels: readonly { readonly name: string; readonly version?: number }[];
}) {
  if (channels.length === 0) return <>—</>;
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4 }}>
      {channels.map((channel) => (
        <span key={channel.name} className="tag">
          <Icon name="channel" size={12} />
          {channel.name}
          {channel.version !== undefined && <b>v{channel.version}</b>}
        </span>
      ))}
    </span>
  );
}
