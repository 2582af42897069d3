import { api } from '../../api/client.ts';
import { InvitationModal } from '../../components/invitation-modal.tsx';
import { useT } from '../../i18n/use-t.ts';

/** The command that registers a Linux host. */
export function InviteHostModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  return (
    <InvitationModal
      opened={opened}
      onClose={onClose}
      title={t('hosts.invite')}
      text={t('hosts.inviteText')}
      after={t('hosts.inviteAfter')}
      usesLabel={t('nav.hosts')}
      mostUses={1000}
      validFor={(count) => t('hosts.tokenValid', { count })}
      make={(body) => api.hosts.invite({ body })}
    />
  );
}
