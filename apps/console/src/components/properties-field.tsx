import { Textarea } from '@mantine/core';
import { useT } from '../i18n/use-t.ts';

/** What plug-ins and administrators keep with an object, one NAME=VALUE per line; `properties.ts` reads it. */
export function PropertiesField({
  label,
  description,
  ...field
}: {
  label?: string;
  description?: string;
  name: string;
  value: string;
  error: string | undefined;
  onChange: (event: { currentTarget: { value: string } }) => void;
}) {
  const t = useT();
  return (
    <Textarea
      label={label ?? t('properties.properties')}
      description={description ?? t('properties.help')}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      {...field}
    />
  );
}
