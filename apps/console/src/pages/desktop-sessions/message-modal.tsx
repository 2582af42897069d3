import { contract, type DesktopSession } from '@atelier/api';
import { Textarea, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';

/** Shows a person a message in their session. */
export function MessageModal({ session, onClose }: { session: DesktopSession | null; onClose: () => void }) {
  const t = useT();
  const empty = { title: t('desktopSessions.messageTitleUsual'), text: '' };
  const form = useFields(empty, contract.desktopSessions.message.body);
  useEffect(() => {
    if (session) form.setValues(empty);
  }, [session?.id]);
  const user = session?.user ?? '';
  const send = useAct(() => api.desktopSessions.message({ params: { id: session?.id ?? '' }, body: form.values }), {
    quiet: true,
    done: t('desktopSessions.messageDone', { user }),
  });
  const submit = async () => {
    if (!form.check()) return false;
    await send.mutateAsync();
    return true;
  };
  return (
    <FormModal
      opened={session !== null}
      onClose={onClose}
      title={t('desktopSessions.messageTo', { user })}
      verb={t('desktopSessions.messageSend')}
      submit={submit}
      onFieldErrors={form.setErrors}
    >
      <TextInput label={t('desktopSessions.messageTitle')} {...form.text('title')} />
      <Textarea
        label={t('desktopSessions.messageText')}
        description={t('desktopSessions.messageTextHelp')}
        autosize
        minRows={3}
        maxRows={8}
        maxLength={1000}
        required
        data-autofocus
        {...form.text('text')}
      />
    </FormModal>
  );
}
