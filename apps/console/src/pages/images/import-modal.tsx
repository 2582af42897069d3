import { type CapabilityId, contract, ProblemError } from '@atelier/api';
import { FileInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { formatBytes } from '../../components/format.ts';
import { useFields } from '../../components/use-fields.ts';
import { useLocale, useT } from '../../i18n/use-t.ts';
import { CapabilityChecks } from './capability-checks.tsx';
import { diskFormatOf } from './disk-format.ts';
import { startUpload } from './uploads.ts';

const formats = ['qcow2', 'raw', 'vmdk', 'vhdx', 'vpc'] as const;

/** Imports a disk: as a new image, or as the next version of `image`. The upload goes on in the tray. */
export function ImportModal({ opened, onClose, image }: { opened: boolean; onClose: () => void; image?: string }) {
  const t = useT();
  const locale = useLocale();
  const [, go] = useLocation();
  const [file, setFile] = useState<File | null>(null);
  const form = useFields(
    {
      name: image ?? '',
      description: '',
      os: '',
      capabilities: [] as CapabilityId[],
      encrypted: false,
      format: 'qcow2' as (typeof formats)[number],
      notes: '',
    },
    contract.images.create.body,
  );
  const choose = async (chosen: File | null) => {
    setFile(chosen);
    if (!chosen) return;
    const head = new Uint8Array(await chosen.slice(0, 64).arrayBuffer());
    form.set('format', diskFormatOf(head, chosen.name));
  };
  const submit = async () => {
    const { name, description, os, capabilities, encrypted, format, notes } = form.values;
    if (!form.check()) return false;
    if (!file) {
      form.setErrors({ file: t('images.fileNeeded') });
      return false;
    }
    if (!image)
      try {
        await api.images.create({ body: { name, description, os, capabilities, encrypted } });
      } catch (error) {
        // An image left over from an attempt whose version could not be made is taken, not complained about.
        const taken = error instanceof ProblemError && error.problem.code === 'image.name-taken';
        if (!taken || (await api.images.get({ params: { name } })).versionCount > 0) throw error;
      }
    const version = await api.images.createVersion({ params: { name }, body: { format, sizeBytes: file.size, notes } });
    startUpload(name, version.number, file);
    setFile(null);
    go(`/images/${name}`);
    return true;
  };
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      title={image ? t('images.newVersionOf', { name: image }) : t('images.new')}
      verb={t('images.upload')}
      submit={submit}
      onFieldErrors={form.setErrors}
      size="lg"
    >
      <FileInput
        label={t('images.file')}
        description={file ? formatBytes(file.size, locale) : t('images.fileHelp')}
        placeholder={t('images.fileChoose')}
        value={file}
        onChange={(chosen) => void choose(chosen)}
        error={form.errors.file}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        data-autofocus
      />
      <Select
        label={t('images.format')}
        description={t('images.formatHelp')}
        data={formats.map((one) => ({ value: one, label: one === 'vpc' ? 'vhd (vpc)' : one }))}
        value={form.values.format}
        onChange={(value) => value && form.set('format', value as (typeof formats)[number])}
        allowDeselect={false}
      />
      {!image && (
        <>
          <TextInput label={t('common.name')} description={t('images.nameHelp')} {...form.text('name')} />
          <TextInput label={t('images.os')} placeholder="Debian 12" {...form.text('os')} />
          <Textarea label={t('common.description')} autosize minRows={2} {...form.text('description')} />
          <CapabilityChecks value={form.values.capabilities} onChange={(value) => form.set('capabilities', value)} />
          <Switch
            label={t('images.encrypted')}
            description={t('images.encryptedText')}
            checked={form.values.encrypted}
            onChange={(event) => form.set('encrypted', event.currentTarget.checked)}
          />
        </>
      )}
      <Textarea
        label={t('images.notes')}
        description={t('images.notesHelp')}
        autosize
        minRows={2}
        {...form.text('notes')}
      />
    </FormModal>
  );
}
