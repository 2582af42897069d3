import { api } from '../../api/client.ts';
import { InvitationModal } from '../../components/invitation-modal.tsx';
import { useT } from '../../i18n/use-t.ts';

/** The command that enrols a person’s computer. */
export function AddEndpointModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  return (
    <InvitationModal
      opened={opened}
      onClose={onClose}
      title={t('endpoints.add')}
      text={t('endpoints.addText')}
      after={t('endpoints.addAfter')}
      usesLabel={t('endpoints.uses')}
      mostUses={10_000}
      validFor={(count) => t('endpoints.tokenValid', { count })}
      make={(body) => api.endpoints.createToken({ body })}
    />
  );
}
