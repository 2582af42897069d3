import { type Application, type CollectionView, contract } from '@atelier/api';
import { Button, FileButton, Group, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useEffect } from 'react';
import { api } from '../../api/client.ts';
import { FormModal } from '../../components/form-modal.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFields } from '../../components/use-fields.ts';
import { useT } from '../../i18n/use-t.ts';
import { readIcon } from './read-icon.ts';

interface ProgramForm extends Record<string, unknown> {
  readonly alias: string;
  readonly title: string;
  readonly commandLine: string;
  readonly arguments: string;
  readonly workingFolder: string;
  /** Undefined leaves the one that is there. */
  readonly icon: string | null | undefined;
}
const empty: ProgramForm = {
  alias: '',
  title: '',
  commandLine: '',
  arguments: '',
  workingFolder: '',
  icon: undefined,
};

/** Publishes a program of a collection's targets, or changes one. */
export function ProgramModal({
  collection,
  program,
  opened,
  onClose,
}: {
  collection: CollectionView;
  /** The one to change; null publishes one. */
  program: Application | null;
  opened: boolean;
  onClose: () => void;
}) {
  const t = useT();
  const { publishApplication, changeApplication } = contract.collections;
  const form = useFields<ProgramForm>(empty, program ? changeApplication.body : publishApplication.body);
  const { values, set, errors } = form;
  useEffect(() => {
    if (!opened) return;
    form.setErrors({});
    form.setValues(program ? { ...empty, ...program, icon: undefined } : empty);
  }, [opened, program?.id]);
  const { id } = collection;
  const save = useAct(
    () => {
      const { alias, title, commandLine, arguments: words, workingFolder, icon } = values;
      const body = { title, commandLine, arguments: words, workingFolder, ...(icon === undefined ? {} : { icon }) };
      return program
        ? api.collections.changeApplication({ params: { id, alias: program.alias }, body }, { ifMatch: program.rev })
        : api.collections.publishApplication({ params: { id }, body: { alias, ...body } });
    },
    {
      touches: ['collections', 'myDesktops'],
      quiet: true,
      done: (one) => t('programs.published', { title: one.title }),
    },
  );
  const choose = async (file: File | null) => {
    if (!file) return;
    const icon = await readIcon(file);
    if (icon === null) form.setErrors({ ...errors, icon: t('programs.iconWrong') });
    else set('icon', icon);
  };
  const had = program?.hasIcon === true && values.icon === undefined;
  return (
    <FormModal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={program ? t('programs.editTitle', { title: program.title }) : t('programs.publish')}
      verb={program ? t('common.save') : t('programs.publishDo')}
      submit={async () => form.check() && (await save.mutateAsync())}
      onFieldErrors={form.setErrors}
    >
      <TextInput
        label={t('programs.title')}
        description={t('programs.titleHelp')}
        required
        data-autofocus
        {...form.text('title')}
      />
      {program === null && (
        <TextInput
          label={t('programs.alias')}
          description={t('programs.aliasHelp')}
          required
          autoComplete="off"
          {...form.text('alias')}
        />
      )}
      <TextInput
        label={t('programs.command')}
        description={t('programs.commandHelp')}
        placeholder="/usr/bin/gnome-calculator"
        required
        {...form.text('commandLine')}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={t('programs.arguments')} {...form.text('arguments')} />
        <TextInput label={t('programs.folder')} {...form.text('workingFolder')} />
      </SimpleGrid>
      <Group align="center" gap="md">
        <span className="program-icon">
          {values.icon && <img src={`data:image/png;base64,${values.icon}`} alt={t('programs.iconTaken')} />}
        </span>
        <div style={{ flex: '1 1 200px' }}>
          <Text size="sm" fw={500}>
            {t('programs.icon')}
          </Text>
          <Text
            size="xs"
            c={errors.icon ? 'var(--mantine-color-error)' : 'dimmed'}
            role={errors.icon ? 'alert' : undefined}
          >
            {errors.icon || t(had ? 'programs.iconKept' : 'programs.iconHelp')}
          </Text>
        </div>
        <FileButton onChange={choose} accept="image/png">
          {(props) => (
            <Button {...props} variant="default" size="xs">
              {t('programs.iconChoose')}
            </Button>
          )}
        </FileButton>
        {(values.icon || had) && (
          <Button variant="default" size="xs" onClick={() => set('icon', null)}>
            {t('programs.iconDrop')}
          </Button>
        )}
      </Group>
    </FormModal>
  );
}
