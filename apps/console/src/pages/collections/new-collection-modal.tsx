import { contract } from '@atelier/api';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { CollectionFields } from './collection-fields.tsx';
import { type CollectionSettings, usualSettings } from './collection-settings.ts';

/** Makes a collection, and leads to it. */
export function NewCollectionModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const [, go] = useLocation();
  const form = useFields<CollectionSettings & Record<string, unknown>>(
    { ...usualSettings },
    contract.collections.create.body,
  );
  const create = useAct(() => api.collections.create({ body: form.values }), {
    touches: ['collections'],
    quiet: true,
    onDone: (one) => {
      form.setValues({ ...usualSettings });
      go(`/collections/${one.id}`);
    },
  });
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={t('collections.new')}
      verb={t('collections.make')}
      submit={async () => form.check() && (await create.mutateAsync())}
      onFieldErrors={form.setErrors}
    >
      <CollectionFields form={form} isNew />
    </FormModal>
  );
}
